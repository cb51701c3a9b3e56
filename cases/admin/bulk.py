"""Changing many cases at once from their list: filing and status, or words in their texts. Shown first, then done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from cases.admin.importing import ImportingAdmin
from cases.bulk.carrying import Planned, Step, carry_out, digest
from cases.bulk.editing import SET, THEME_ACTS, Edit, Outcome, outcomes
from cases.bulk.mending import Mending
from cases.bulk.names import Names, Unknown
from cases.bulk.records import Stale, digest_of
from cases.bulk.replacing import Search
from cases.bulk.showing import shown
from cases.bulk.texts import FIELDS, Looking
from cases.models import BulkChange, Case, Sector, Theme
from cases.repair.words import words_kept
from cases.workflow import MOVES

MOST = 1_000
MOST_TICKED = 500
# So many records of a preview are shown; all are counted.
SHOWN = 200
# What many cases may be moved by at once.
MANY = {name: MOVES[name] for name in ("submit", "publish", "republish", "send_back", "take_back", "withdraw")}
KEPT = "（不变）"
# What words are looked for in, and what is repaired, unless the curator chooses other fields.
REPAIRED = ["title", "brand_name", *Case.SECTIONS]
CHANGED_SINCE = "预览以后有了变化，没有改动任何案例。下面是按现在的内容重新核对的结果，请再看一遍"


class EditForm(forms.Form):
    theme_act = forms.ChoiceField(label="主题", required=False, choices=[("", KEPT), *THEME_ACTS.items()])
    themes = forms.ModelMultipleChoiceField(
        label="哪些主题", required=False, queryset=Theme.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    sector = forms.ModelChoiceField(label="领域", required=False, queryset=Sector.objects.all(), empty_label=KEPT)
    district = forms.CharField(
        label="区划", required=False, help_text="代码或全称，如 440104 或 广东省广州市越秀区；不改的留空"
    )
    move = forms.ChoiceField(label="状态", required=False)
    reason = forms.CharField(
        label="理由", required=False, max_length=300, help_text="记在每个案例的状态记录里；退回、撤下时请写明"
    )

    def __init__(self, data: Any, user: Any) -> None:
        super().__init__(data)
        self.names = Names(user)
        moves = [(move.name, move.label) for move in MANY.values() if user.has_perm(move.right)]
        self.fields["move"].choices = [("", KEPT), *moves]  # type: ignore[attr-defined]

    def clean_district(self) -> int | None:
        told = " ".join(self.cleaned_data["district"].split())
        try:
            return self.names.district(told) if told else None
        except Unknown as wrong:
            raise ValidationError(str(wrong)) from wrong

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if data and not self.errors:
            if data["theme_act"] and not data["themes"] and data["theme_act"] != SET:
                self.add_error("themes", "请勾选主题")
            if data["themes"] and not data["theme_act"]:
                self.add_error("theme_act", "请选“加上”“去掉”或“改为”")
            if data["move"] and MANY[data["move"]].asks and not data["reason"].strip():
                self.add_error("reason", f"请写明{MANY[data['move']].label}的理由")
            if not any(data[name] for name in ("theme_act", "sector", "district", "move")):
                raise ValidationError("还没有选要改什么")
        return data

    @property
    def edit(self) -> Edit:
        data = self.cleaned_data
        return Edit(
            theme_act=data["theme_act"],
            themes=tuple(theme.pk for theme in data["themes"]),
            sector=data["sector"].pk if data["sector"] else None,
            district=data["district"],
            move=MANY.get(data["move"]),
            reason=data["reason"],
        )


class ReplaceForm(forms.Form):
    words = forms.CharField(
        label="查找", max_length=200, strip=False, help_text="照字面查找：区分全角和半角、大写和小写，不用通配符"
    )
    by = forms.CharField(label="换成", max_length=200, strip=False, required=False, help_text="留空就是删去")
    fields_chosen = forms.MultipleChoiceField(
        label="在哪些栏目里",
        choices=[(name, label) for name, (_, _, label) in FIELDS.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=REPAIRED,
        error_messages={"required": "至少勾选一个栏目"},
    )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if data and data.get("words") and data["words"] == data.get("by"):
            raise ValidationError("两边的文字相同，不需要替换")
        return data


class RepairForm(forms.Form):
    fields_chosen = forms.MultipleChoiceField(
        label="栏目",
        choices=[(name, label) for name, (_, _, label) in FIELDS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少勾选一个栏目"},
    )


def _to(page: str, label: str) -> Any:
    """Return the list action that goes on to a page; its address names the cases."""

    @admin.action(description=label, permissions=["change"])
    def action(modeladmin: BulkCaseAdmin, request: HttpRequest, rows: QuerySet[Case]) -> HttpResponse | None:
        if request.POST.get("select_across") == "1":
            return HttpResponseRedirect(f"{page}/?{request.GET.urlencode()}")
        ids = [str(pk) for pk in rows.values_list("pk", flat=True)[: MOST_TICKED + 1]]
        if len(ids) > MOST_TICKED:
            modeladmin.message_user(request, f"一次最多勾选 {MOST_TICKED} 条", messages.ERROR)
            return None
        return HttpResponseRedirect(f"{page}/?ids={','.join(ids)}")

    action.__name__ = page.replace("-", "_")
    return action


class BulkCaseAdmin(ImportingAdmin):
    """Pages for the cases that an address names: ticked ones, or all that match the list's search and filters."""

    bulk_actions = [
        _to("bulk-edit", "批量修改所选案例"),
        _to("replace", "在所选案例中查找替换"),
        _to("repair", "修复所选案例的文字"),
    ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("bulk-edit/", view(self.bulk_edit_view), name="cases_case_bulk_edit"),
            path("replace/", view(self.replace_view), name="cases_case_replace"),
            path("repair/", view(self.repair_view), name="cases_case_repair"),
            *super().get_urls(),
        ]

    def bulk_edit_view(self, request: HttpRequest) -> HttpResponse:
        chosen = self._chosen_cases(request)
        if isinstance(chosen, HttpResponse):
            return chosen
        form = EditForm(request.POST or None, request.user)
        context: dict[str, Any] = {"form": form, "chosen": chosen, "title": "批量修改案例"}
        if request.method == "POST" and form.is_valid():
            found = outcomes(chosen.ids, form.edit, request.user)
            plan = [one.planned for one in found if one.planned]
            told = form.edit.in_words(form.names)
            step = Step(
                BulkChange.Kind.EDIT, "案例", f"批量修改：{told}", request.user, form.edit.reason or f"批量修改：{told}"
            )
            if answer := self._carried_out(request, step, plan, digest(plan)):
                return answer
            context |= self._previewed(found, plan, told)
        return TemplateResponse(request, "admin/cases/bulk_edit.html", self._bulk_context(request, context))

    def _previewed(self, found: list[Outcome], plan: list[Planned], told: str) -> dict[str, Any]:
        refused = [one for one in found if one.refusal]
        changed = [one for one in found if one.planned]
        for one in changed[:SHOWN]:
            one.shown = shown(one.changes)  # type: ignore[attr-defined]
        return {
            "told": told,
            "digest": digest(plan),
            "changed": changed[:SHOWN],
            "refused": refused[:SHOWN],
            "counts": {
                "changed": len(changed),
                "refused": len(refused),
                "same": len(found) - len(changed) - len(refused),
                "untold": max(0, len(changed) - SHOWN) + max(0, len(refused) - SHOWN),
            },
            "is_previewed": True,
        }

    def replace_view(self, request: HttpRequest) -> HttpResponse:
        chosen = self._chosen_cases(request)
        if isinstance(chosen, HttpResponse):
            return chosen
        form = ReplaceForm(request.POST or None)
        context: dict[str, Any] = {"form": form, "chosen": chosen, "title": "查找替换"}
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            search = Search(data["fields_chosen"], data["words"], data["by"])
            title = f"把“{data['words']}”换成“{data['by']}”"
            step = Step(BulkChange.Kind.REPLACE, "案例", title, request.user, f"查找替换：{title}")
            if answer := self._ticked(request, search, step, [data["words"], data["by"]], context):
                return answer
        return TemplateResponse(request, "admin/cases/replace.html", self._bulk_context(request, context))

    def repair_view(self, request: HttpRequest) -> HttpResponse:
        chosen = self._chosen_cases(request)
        if isinstance(chosen, HttpResponse):
            return chosen
        # What there is to repair is shown at once, in the fields that are usual.
        form = RepairForm(request.POST if request.method == "POST" else {"fields_chosen": REPAIRED})
        context: dict[str, Any] = {"form": form, "chosen": chosen, "title": "修复文字"}
        if form.is_valid():
            search = Mending(form.cleaned_data["fields_chosen"], words_kept())
            step = Step(BulkChange.Kind.REPLACE, "案例", "修复文字", request.user, "修复文字")
            if answer := self._ticked(request, search, step, ["repair"], context):
                return answer
        return TemplateResponse(request, "admin/cases/repair.html", self._bulk_context(request, context))

    def _ticked(
        self, request: HttpRequest, search: Looking, step: Step, asked: list[str], context: dict[str, Any]
    ) -> HttpResponse | None:
        """Put into a page what is found in its chosen cases; where places were ticked and confirmed, change them.

        `asked` is what the curator looks for: other words make another preview.
        """
        form = context["form"]
        try:
            search.find(context["chosen"].ids, request.user)
            stamp = digest_of([*asked, search.shown_digest()])
            plan = search.plan(set(request.POST.getlist("place")))
            if "confirm" in request.POST and not plan and request.POST.get("digest") == stamp:
                form.add_error(None, "一处也没有勾选，没有改动")
            elif answer := self._carried_out(request, step, plan, stamp):
                return answer
            context |= {"search": search, "digest": stamp, "is_previewed": True}
        except ValidationError as error:
            form.add_error(None, error)
        return None

    def _carried_out(self, request: HttpRequest, step: Step, plan: list[Planned], stamp: str) -> HttpResponse | None:
        """Do what was confirmed, if it is what was shown; None where it has to be shown (again)."""
        if "confirm" not in request.POST:
            return None
        if not plan or request.POST.get("digest") != stamp:
            self.message_user(request, f"{CHANGED_SINCE}。", messages.ERROR)
            return None
        try:
            change = carry_out(step, plan)
        except Stale:
            self.message_user(request, f"{CHANGED_SINCE}。", messages.ERROR)
            return None
        except ValidationError as error:
            self.message_user(request, f"没有改动任何案例：{'；'.join(error.messages)}", messages.ERROR)
            return None
        self.message_user(request, f"已修改 {change.changed} 条。需要时可以在这里整步撤销。", messages.SUCCESS)
        return HttpResponseRedirect(change.get_admin_url())

    def _chosen_cases(self, request: HttpRequest) -> Any:
        """The cases that the address names, or the answer why not."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            chosen = self.chosen(request)
        except IncorrectLookupParameters:
            self.message_user(request, "筛选条件有误，请重新选择", messages.ERROR)
            return HttpResponseRedirect(self._list())
        if not chosen.count or chosen.count > MOST:
            told = (
                f"一次最多 {MOST:,} 个案例，现有 {chosen.count:,} 个，请先筛选"
                if chosen.count
                else "没有选中案例，请先勾选"
            )
            self.message_user(request, told, messages.ERROR)
            return HttpResponseRedirect(self._list())
        return chosen

    def _bulk_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "list": self._list(), **context}
