"""Bringing files into a list of the admin: what to fill in, what each row would do, and how far it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from cases.admin.exporting import ExportingAdmin
from cases.bulk import template
from cases.bulk.queue import bring, order, put_back
from cases.bulk.readers import READERS
from cases.bulk.showing import shown
from cases.bulk.tables import MAX_BYTES, MAX_ROWS
from cases.exports.naming import disposition
from cases.models import Import, ImportRow

PER_PAGE, LISTED = 50, 10


class ImportForm(forms.Form):
    file = forms.FileField(
        label="文件",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "请先选择文件", "empty": "文件是空的，请核对后再传"},
    )
    repair = forms.BooleanField(label="修复文字", required=False, initial=True)


class ImportingAdmin(ExportingAdmin):
    """An admin list whose records can be brought in as a file."""

    @property
    def reader(self) -> Any:
        return READERS[self.opts.label_lower]

    def get_urls(self) -> list[URLPattern]:
        name, view = f"{self.opts.app_label}_{self.opts.model_name}_import", self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name=name),
            path("import/template.<slug:form>", view(self.import_template), name=f"{name}_template"),
            path("import/<slug:key>/", view(self.import_one), name=f"{name}_one"),
            *super().get_urls(),
        ]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Who may add or change one record may bring in many; each row is checked by itself."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_import = {"may_import": self.has_import_permission(request)}
        return super().changelist_view(request, may_import | (extra_context or {}))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        self._require_import(request)
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                as_is = not form.cleaned_data["repair"]
                brought = bring(form.cleaned_data["file"], self.opts.label_lower, request.user, as_is=as_is)
                return HttpResponseRedirect(brought.get_absolute_url())
            except ValidationError as error:
                form.add_error("file", error)
        own = Import.objects.visible_to(request.user).filter(subject=self.opts.label_lower)
        context = {
            **self._import_context(request),
            "title": f"导入{self.opts.verbose_name}",
            "form": form,
            "columns": template.columns_of(self.reader),
            "notes": template.OWN[self.opts.label_lower],
            "recent": own.filter(expires_at__gt=timezone.now()).order_by("-asked_at")[:LISTED],
            "most": {"megabytes": MAX_BYTES // 1048576, "rows": f"{MAX_ROWS:,}"},
        }
        return TemplateResponse(request, "admin/cases/import.html", context)

    def import_template(self, request: HttpRequest, form: str) -> HttpResponse:
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self._require_import(request)
        write = {"xlsx": template.as_xlsx, "csv": template.as_csv}.get(form)
        if write is None:
            raise Http404
        response = HttpResponse(write(self.reader), content_type=template.CONTENT_TYPES[form])
        title = f"{self.reader.records.name}导入模板"
        stem = f"{self.opts.model_name}-template"
        response["Content-Disposition"] = disposition(title, timezone.localdate(), stem, form)
        return response

    def import_one(self, request: HttpRequest, key: str) -> HttpResponse:
        """How far an import is, what it would do, or what it did; and the word to do it."""
        self._require_import(request)
        own = Import.objects.visible_to(request.user).select_related("change", "user")
        brought = get_object_or_404(own, key=key, subject=self.opts.label_lower)
        if brought.is_expired:
            raise Http404
        if request.method == "POST":
            return self._decide(request, brought)
        if Import.objects.dead().filter(pk=brought.pk).exists():
            put_back(brought)
            brought.refresh_from_db()
        response = TemplateResponse(request, "admin/cases/import_one.html", self._import_in_words(request, brought))
        add_never_cache_headers(response)
        return response

    def _decide(self, request: HttpRequest, brought: Import) -> HttpResponse:
        if "discard" in request.POST and not brought.is_coming:
            brought.remove_file()
            if brought.state != Import.State.DONE:
                brought.delete()
                self.message_user(request, "已放弃，库里没有任何改动。", messages.SUCCESS)
            return HttpResponseRedirect(self._list())
        # The page that was seen says which preview it showed.
        if "confirm" in request.POST and request.POST.get("digest") == brought.digest:
            order(brought)
        return HttpResponseRedirect(brought.get_absolute_url())

    def _import_in_words(self, request: HttpRequest, brought: Import) -> dict[str, Any]:
        rows = brought.rows.all()
        chosen = request.GET.get("show", "")
        if chosen not in ImportRow.Finding.values:
            chosen = ""
        rows = rows.filter(finding=chosen) if chosen else rows.order_by("number", "pk")
        page = Paginator(rows.defer("plan"), PER_PAGE).get_page(request.GET.get("p"))
        for row in page.object_list:
            row.shown = shown(row.changes)  # type: ignore[attr-defined]
        shows = [("", "全部", brought.total)]
        shows += [(str(one), str(one.label), brought.counts.get(one, 0)) for one in ImportRow.Finding]
        return {
            **self._import_context(request),
            "title": f"导入{self.opts.verbose_name}",
            "brought": brought,
            "page": page,
            "chosen": chosen,
            "shows": shows,
            "measure": self.reader.records.measure,
        }

    def _import_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "list": self._list()}

    def _require_import(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied
