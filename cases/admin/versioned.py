"""Forms of what several curators may edit at once: a late save is refused, shown beside the other, and joined."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from cases.admin.conflict import Base, Conflict, StaleSave, base_of, base_sent, edits_since
from cases.admin.desk import DeskAdmin
from cases.admin.gone import TellingWhatBecame
from cases.admin.row_choices import Row, merge_rows, mine_alone, put, stored_rows
from cases.differences import MARKS
from cases.models import Case

CHOICE, MERGED = "choice-", "merged-"


class VersionedForm(forms.ModelForm):
    """Refuses a save that began before somebody else's."""

    conflict: Conflict | None = None

    @property
    def started_from(self) -> int:
        """The version that this edit began at; 0, which none is, when the form does not say."""
        version = self.data.get("version", "")
        return int(version) if re.fullmatch("[0-9]{1,9}", version) else 0

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in self.fields:
            if any(mark in self.data.get(MERGED + name, "") for mark in MARKS) and self._takes_merged(name):
                self.add_error(name, f"请改定“{MARKS[0]}…】”和“{MARKS[1]}…】”两处，去掉标记再保存")
        if self.instance.pk and self.started_from != self.instance.version:
            self.conflict = Conflict(edits_since(self.instance, self.started_from))
            noun = self._meta.model._meta.verbose_name
            told = f"没有保存：您打开之后，别人修改了这个{noun}。请对照两边的内容，选好用哪一边，再保存"
            self.add_error(None, told)
        return cleaned

    def _takes_merged(self, name: str) -> bool:
        return self.data.get(CHOICE + name) == "merged"


class VersionedAdmin(TellingWhatBecame, DeskAdmin):
    form: type[forms.ModelForm] = VersionedForm

    class Media:
        css = {"all": ["css/history.css"]}

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and object_id:
            key = unquote(object_id)
            record = self.get_object(request, key)
            if record is None and (answer := self.answer_to_late_save(request, key)):
                return answer
            if record and self.has_change_permission(request) and not self.has_change_permission(request, record):
                return self._show_what_was_typed(request, record)
            if record and any(key.startswith(CHOICE) for key in request.POST):
                extra_context = {"set_aside": self._take_choices(request, record)} | (extra_context or {})
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StaleSave:
            # The form was checked just before the other save and is checked again just after it.
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        form = context["adminform"].form
        formsets = [part.formset for part in context["inline_admin_formsets"] if part.has_change_permission]
        conflict = context["conflict"] = getattr(form, "conflict", None)
        if conflict:
            conflict.base = base_of(obj, form.started_from, request.POST.get("base", ""), formsets)
            conflict.compare_form(form)
            for formset in formsets:
                conflict.compare_rows(formset)
        if obj and not isinstance(obj, Case) and self.has_change_permission(request, obj):
            context["base"] = self._base_to_send(request, obj, form, formsets)
            context["base_before"] = request.POST.get("base", "")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _base_to_send(self, request: HttpRequest, record: Any, form: forms.ModelForm, formsets: list[Any]) -> str:
        """After a refusal, what is stored now: the next save decides over that."""
        if not form.is_bound:
            return base_sent(form, formsets)
        if getattr(form, "conflict", None) is None:
            return request.POST.get("base", "")
        return base_sent(form, [type(formset)(instance=record, prefix=formset.prefix) for formset in formsets])

    def _show_what_was_typed(self, request: HttpRequest, record: Any) -> HttpResponse:
        """Answer a save that came after the record left this user's hands, without losing its text."""
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        conflict = Conflict(edits_since(record, 0)[-1:])
        shown = flatten_fieldsets(self.get_fieldsets(request, None))
        form = self.get_form(request, None, change=False, fields=shown)(request.POST, instance=record)
        conflict.compare_form(form)
        formsets: Any = self._create_formsets(request, record, change=True)  # type: ignore[attr-defined]
        for formset, inline in zip(*formsets, strict=True):
            if inline.has_change_permission(request, record):
                conflict.compare_rows(formset)
        context = {
            **self.admin_site.each_context(request),
            "title": "没有保存",
            "opts": self.opts,
            "original": record,
            "conflict": conflict,
        }
        return TemplateResponse(request, "admin/closed.html", context, status=403)

    def _take_choices(self, request: HttpRequest, record: Any) -> list[tuple[str, str]]:
        """Put what was chosen into the form that came; return what was typed and set aside, by label."""
        data: Any = request.POST.copy()
        form = self.get_form(request, record, change=True)(instance=record)
        aside = []
        for name, form_field in form.fields.items():
            chosen = data.get(CHOICE + name)
            if chosen == "merged":
                data[name] = data.get(MERGED + name, "")
            elif chosen == "stored":
                _put_stored(data, form, name)
            else:
                continue
            aside.append((str(form_field.label), request.POST.get(name, "")))
        formsets, _ = self._create_formsets(request, record, change=True)  # type: ignore[attr-defined]
        began = _number(data.get("began", "")), data.get("base_rows", "")
        for formset in formsets:
            rows = self._rows_chosen(
                data.get(CHOICE + formset.prefix), formset, lambda: base_of(record, *began, formsets)
            )
            if rows is not None:
                put(request, data, formset, rows)
        request.POST = data
        return [(label, text) for label, text in aside if text]

    def _rows_chosen(self, chosen: str | None, formset: Any, base: Callable[[], Base]) -> list[Row] | None:
        if chosen == "stored":
            return stored_rows(formset)
        if chosen == "merged" and (merged := merge_rows(formset, base().rows.get(formset.prefix))):
            return merged.rows
        return mine_alone(formset) if chosen in {"mine", "merged"} else None

    # Saving

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Log the version too, so that a stale save can be told who saved meanwhile."""
        return [*super().construct_change_message(request, form, formsets, add), {"version": form.instance.version}]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not obj.claim_version(form.started_from):
            raise StaleSave
        super().save_model(request, obj, form, change)


def _put_stored(data: Any, form: forms.ModelForm, name: str) -> None:
    value = form[name].value()
    data.pop(name, None)
    if isinstance(value, list | tuple):
        data.setlist(name, [str(getattr(one, "pk", one)) for one in value])
    elif value is not None and value is not False:
        data[name] = "on" if value is True else str(getattr(value, "pk", value))


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
