"""Addresses of shortlists, under /shortlist/."""

from django.urls import path

from cases.views import collect, sharing, shortlist, shortlists

app_name = "shortlists"
urlpatterns = [
    path("", shortlist.page, name="page"),
    path("export.<slug:form>", shortlist.export, name="export"),
    path("collect/", collect.collect, name="collect"),
    path("collect-found/", collect.collect_found, name="collect-found"),
    path("new/", shortlists.new, name="new"),
    path("<int:pk>/save/", shortlist.save, name="save"),
    path("<int:pk>/undo/", shortlist.undo, name="undo"),
    path("<int:pk>/forget-withdrawn/", shortlist.forget_withdrawn, name="forget-withdrawn"),
    path("<int:pk>/rename/", shortlist.rename, name="rename"),
    path("<int:pk>/choose/", shortlists.choose, name="choose"),
    path("<int:pk>/copy/", shortlists.copy, name="copy"),
    path("<int:pk>/empty/", shortlists.empty, name="empty"),
    path("<int:pk>/delete/", shortlists.delete, name="delete"),
    path("<int:pk>/share/", sharing.share, name="share"),
    path("<int:pk>/unshare/", sharing.unshare, name="unshare"),
    path("shared/<slug:token>/", sharing.shared, name="shared"),
    path("shared/<slug:token>/export.<slug:form>", sharing.shared_export, name="shared-export"),
    path("shared/<slug:token>/copy/", sharing.take_over, name="take-over"),
]
