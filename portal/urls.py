"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from portal import download, feed, sitemap, statistics, views
from portal.accounts.sign_in import admin_sign_in

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("cases.urls")),
    path("districts/", include("cases.district_urls")),
    path("shortlist/", include("cases.shortlist_urls")),
    path("accounts/", include("portal.accounts.urls")),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/export.<slug:form>", statistics.statistics_export, name="statistics_export"),
    path("api/", include("portal.api.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("download/", download.download, name="download"),
    path("feed.xml", feed.feed, name="feed"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap.section, name="sitemap-section"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("admin/login/", admin_sign_in),
    path("admin/password_change/", admin.site.admin_view(RedirectView.as_view(pattern_name="password"))),
    # Django's way from a record of any kind to its page, which would tell the number of any draft.
    path("admin/r/<path:record>", views.closed),
    path("admin/", admin.site.urls),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
