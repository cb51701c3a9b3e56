"""The trial box: beside a term's form, where it saves nothing, and as a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers

from cases.models import Term
from cases.term_trial import LONGEST_TEXT, Trial

TRIAL = "_trial"


class TryingAdmin(admin.ModelAdmin):
    """Lets whoever may read the terms try a change of them; what is typed goes no further."""

    def get_urls(self) -> list[URLPattern]:
        own = path("trial/", self.admin_site.admin_view(self.trial_view), name="cases_term_trial")
        return [own, *super().get_urls()]

    def trial_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else request.GET
        pk = data.get("trial_term", "")
        term = Term.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
        context = {
            **self.admin_site.each_context(request),
            **self._trial_context(Trial.typed(data, request.user, term)),
            "opts": self.opts,
            "title": "词典试验",
            "may_add": self.has_add_permission(request),
        }
        response = TemplateResponse(request, "admin/cases/term/trial.html", context)
        add_never_cache_headers(response)
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if context["adminform"].form.fields:  # whoever only reads has none
            stored = Term.objects.filter(pk=obj.pk).first() if obj and TRIAL in request.POST else None
            context |= self._trial_context(Trial.typed(request.POST, request.user, stored))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _trial_context(self, trial: Trial) -> dict[str, Any]:
        return {
            "trial": trial,
            "trial_address": reverse("admin:cases_term_trial"),
            "longest_text": LONGEST_TEXT,
        }
