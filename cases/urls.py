"""Addresses of the library; portal.urls puts them at the top."""

from django.urls import path, re_path

from cases.views import award, case, citation, compare, export, export_file, organisation, searched, suggest

app_name = "cases"
urlpatterns = [
    path("cases/", case.case_list, name="list"),
    path("cases/export.<slug:form>", export.case_export, name="export"),
    path("cases/export/", export.case_choices, name="export-choices"),
    path("exports/<slug:key>/", export_file.export_file, name="export-file"),
    path("exports/<slug:key>/file", export_file.download, name="export-download"),
    path("download/library.<slug:form>", export.library_export, name="library-export"),
    re_path(r"^cases/(?P<number>\d{4}-\d{4,8})/$", case.case_detail, name="detail"),
    re_path(
        r"^cases/(?P<number>\d{4}-\d{4,8})/export\.(?P<form>[-a-z]+)$", export.one_case_export, name="one-case-export"
    ),
    path("compare/export.<slug:form>", export.compare_export, name="compare-export"),
    re_path(r"^cases/(?P<number>\d{4}-\d{4,8})/cite\.(?P<form>[a-z]+)$", citation.case_citation, name="cite"),
    path("compare/", compare.compare, name="compare"),
    path("organisations/", organisation.organisation_list, name="organisations"),
    path("organisations/export.<slug:form>", organisation.organisation_export, name="organisations-export"),
    path("organisations/<int:pk>/", organisation.organisation_detail, name="organisation"),
    path("awards/", award.award_list, name="awards"),
    path("awards/<slug:slug>/", award.award_detail, name="award"),
    path("awards/<slug:slug>/export.<slug:form>", award.award_export, name="award-export"),
    path("awards/<slug:slug>/cite.<slug:form>", citation.award_citation, name="award-cite"),
    path("suggest/", suggest.suggest, name="suggest"),
    path("searched/", searched.searched, name="searched"),
    path("attachments/<int:pk>/", case.attachment, name="attachment"),
]
