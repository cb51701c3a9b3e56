"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

from portal import statistics, views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("cases.urls")),
    path("districts/", include("cases.district_urls")),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/export.<slug:form>", statistics.statistics_export, name="statistics_export"),
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path("admin/", admin.site.urls),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
