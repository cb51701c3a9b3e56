"""Addresses of the API."""

from django.urls import path, re_path

from portal.api import views

app_name = "api"
urlpatterns = [
    path("", views.index, name="index"),
    path("schema/", views.schema, name="schema"),
    path("cases/", views.case_list, name="cases"),
    re_path(r"^cases/(?P<number>[0-9]{4}-[0-9]{4,8})/$", views.case_detail, name="case"),
    path("organisations/", views.organisation_list, name="organisations"),
    path("organisations/<int:pk>/", views.organisation_detail, name="organisation"),
    path("districts/", views.district_list, name="districts"),
    re_path(r"^districts/(?P<code>[0-9F]{2,12})/$", views.district_detail, name="district"),
    path("awards/", views.award_list, name="awards"),
    path("awards/<slug:slug>/", views.award_detail, name="award"),
    path("sectors/", views.sector_list, name="sectors"),
    path("themes/", views.theme_list, name="themes"),
    path("vocabulary/", views.vocabulary, name="vocabulary"),
    path("statistics/", views.statistics, name="statistics"),
]
