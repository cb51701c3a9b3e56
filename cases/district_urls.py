"""Addresses of districts: their pages show cases, which the app `districts` does not know."""

from django.urls import path, re_path

from cases.views import district

app_name = "districts"
urlpatterns = [
    path("", district.district_list, name="list"),
    re_path(r"^(?P<code>[0-9F]{2,12})/$", district.district_detail, name="detail"),
]
