"""Records that went into the bin or into another one while somebody had their form open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from cases.admin.conflict import Conflict
from cases.duplicates.redirecting import kept_key
from cases.models import Discarded
from cases.models.merge import KINDS
from cases.rich_text import plain_text


@dataclass(frozen=True)
class Whereabouts:
    """What became of a record, as far as somebody may know: `happened` and the page that has it now."""

    happened: str
    name: str
    address: str


def whereabouts(model: Any, object_id: str, user: Any) -> Whereabouts | None:
    if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
        return None
    pk = int(object_id)
    kind = model._meta.label_lower
    if kind in KINDS and (kept := model.objects.curated_by(user).filter(pk=kept_key(model, pk)).exclude(pk=pk).first()):
        return Whereabouts("已并入", str(kept), reverse(f"admin:{kind.replace('.', '_')}_change", args=[kept.pk]))
    binned = Discarded.objects.curated_by(user).filter(kind=kind, object_id=pk).first()
    if binned:
        return Whereabouts("已移到", "回收站", reverse("admin:cases_discarded_change", args=[binned.pk]))
    return None


class TellingWhatBecame(ModelAdmin):
    """Leads to where a record is now; of a save that came too late it shows what was typed, so that it can be copied.

    The same is answered of a record that never was there and of one out of the curator's remit.
    """

    def answer_to_late_save(self, request: HttpRequest, key: str) -> HttpResponse | None:
        """Answer a save of a record that is not there for this curator; nothing where nothing was typed."""
        if not self.has_change_permission(request) or not (typed := self._typed(request)):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "没有保存",
            "opts": self.opts,
            "typed": typed,
            "whereabouts": whereabouts(self.model, key, request.user),
        }
        return TemplateResponse(request, "admin/gone.html", context, status=404)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        found = whereabouts(self.model, object_id, request.user)
        if found is None:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)  # type: ignore[misc]
        told = format_html("您打开的{}{}“{}”，这里就是。", opts.verbose_name, found.happened, found.name)
        messages.warning(request, told)
        return HttpResponseRedirect(found.address)

    def _typed(self, request: HttpRequest) -> list[tuple[str, str]]:
        """What a form says beside an empty one, by label."""
        blank: models.Model = self.model()
        conflict = Conflict([])
        shown = flatten_fieldsets(self.get_fieldsets(request, None))
        form: forms.ModelForm = self.get_form(request, None, change=False, fields=shown)(request.POST, instance=blank)
        conflict.compare_form(form)
        formsets: Any = self._create_formsets(request, blank, change=False)  # type: ignore[attr-defined]
        for formset in formsets[0]:
            if formset.has_changed():
                conflict.compare_rows(formset)
        found = [one for one in conflict.differences if one.typed]
        return [(one.label, plain_text(one.typed) if one.is_rich else one.typed) for one in found]
