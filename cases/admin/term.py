"""Terms: the curators' dictionary."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cases.admin.term_trial import TRIAL, TryingAdmin
from cases.admin.versioned import VersionedAdmin, VersionedForm
from cases.models import Term

STATES = {True: "启用", False: "停用"}


class TermForm(VersionedForm):
    class Meta:
        widgets = {
            "synonyms_text": forms.Textarea(attrs={"rows": 6}),
            "note": forms.TextInput(attrs={"class": "vLargeTextField"}),
        }

    def is_valid(self) -> bool:
        """Whether to save, which a trial never does; its faults are shown like those of any form."""
        return super().is_valid() and TRIAL not in self.data


@admin.register(Term)
class TermAdmin(TryingAdmin, VersionedAdmin):
    form = TermForm
    change_form_template = "admin/cases/term/change_form.html"
    change_list_template = "admin/cases/term/change_list.html"
    list_display = ["word", "also_called", "state", "changed"]
    list_filter = ["is_active"]
    ordering = ["word"]
    search_fields = ["word", "synonyms_text"]
    search_help_text = "按词或同义说法查找"
    actions = ["switch_on", "switch_off"]
    fieldsets = [
        (
            None,
            {
                "fields": ["word", "synonyms_text", "is_active", "note"],
                "description": "只收意思完全相同的说法，如简称和全称。保存后立即用于搜索，索引随后在后台更新。"
                "不再需要的请停用，不要删除。",
            },
        )
    ]

    @admin.action(description="启用所选词条", permissions=["change"])
    def switch_on(self, request: HttpRequest, terms: QuerySet[Term]) -> None:
        self._switch(request, terms, True)

    @admin.action(description="停用所选词条", permissions=["change"])
    def switch_off(self, request: HttpRequest, terms: QuerySet[Term]) -> None:
        self._switch(request, terms, False)

    def _switch(self, request: HttpRequest, terms: QuerySet[Term], is_active: bool) -> None:
        """Save one by one: each is checked beside those that are on by then, dated and logged."""
        done = 0
        for term in terms.filter(is_active=not is_active):
            term.is_active = is_active
            try:
                with transaction.atomic():
                    if is_active:
                        term.full_clean()
                    if not term.claim_version(term.version):
                        raise ValidationError("刚被别人修改，请刷新后再试")
                    term.save(update_fields=["is_active"])
                    told = f"状态（{STATES[not is_active]} → {STATES[is_active]}）"
                    self.log_change(request, term, [{"changed": {"fields": [told]}}, {"version": term.version}])
            except ValidationError as error:
                refusal = f"词条“{term}”没有启用：{'；'.join(error.messages)}"
                self.message_user(request, refusal, messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, f"{done} 个词条已{STATES[is_active]}。", messages.SUCCESS)

    @admin.display(description="同义说法")
    def also_called(self, term: Term) -> str:
        return "、".join(term.synonyms)

    @admin.display(description="启用", ordering="is_active")
    def state(self, term: Term) -> str:
        return STATES[term.is_active]

    @admin.display(description="最后修改", ordering="changed_at")
    def changed(self, term: Term) -> Any:
        return timezone.localtime(term.changed_at).strftime("%Y-%m-%d %H:%M")
