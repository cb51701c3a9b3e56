"""Taking away what a list of the admin shows; what readers do not see needs a right and leaves a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from cases.admin.desk import DeskAdmin
from cases.exports.asked import Asked
from cases.exports.description import FormatRefused, Subject
from cases.exports.desk import PUBLIC, RIGHT, WHOLE
from cases.exports.forms import FORMS
from cases.exports.kinds import KINDS
from cases.views.export import served

DESK = "desk"
# So many ticked rows fit an address.
MOST_TICKED = 500


@dataclass
class Chosen:
    """The rows of an admin list that an address names, in its order, and how they were chosen in words."""

    rows: QuerySet[Any]
    words: str

    @cached_property
    def ids(self) -> list[int]:
        return list(self.rows.values_list("pk", flat=True))

    @cached_property
    def public(self) -> int:
        """How many of them readers see."""
        visible = self.rows.model._default_manager.visible_to(None)
        return visible.filter(pk__in=self.rows.order_by().values("pk")).count()

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def hidden(self) -> int:
        return self.count - self.public


class ExportForm(forms.Form):
    form = forms.ChoiceField(label="格式", widget=forms.RadioSelect, initial="xlsx")
    scope = forms.ChoiceField(label="范围", widget=forms.RadioSelect, initial=PUBLIC)
    column = forms.MultipleChoiceField(
        label="栏目", widget=forms.CheckboxSelectMultiple, error_messages={"required": "至少勾选一个栏目"}
    )

    def __init__(self, data: Any, chosen: Chosen, subject: Subject[Any], *, may_take_all: bool) -> None:
        super().__init__(data)
        self.chosen, self.subject = chosen, subject
        fields: Any = self.fields
        fields["form"].choices = [(one.name, f"{one.label}（{one.use}）") for one in FORMS.values()]
        fields["column"].choices = [(column.name, column.heading) for column in subject.columns]
        fields["column"].initial = [column.name for column in subject.columns]
        scopes = [(PUBLIC, f"只要读者看得到的 {chosen.public} {subject.measure}")]
        if may_take_all:
            scopes.append(
                (WHOLE, f"全部 {chosen.count} {subject.measure}，含未公开的 {chosen.hidden} {subject.measure}")
            )
        fields["scope"].choices = scopes
        if may_take_all and not chosen.public:
            fields["scope"].initial = WHOLE
        self.has_choice_of_scope = bool(may_take_all and chosen.hidden)
        if not self.has_choice_of_scope:
            fields["scope"].required = False
            fields["scope"].widget = forms.HiddenInput()

    @property
    def is_whole(self) -> bool:
        return self.has_choice_of_scope and self.cleaned_data["scope"] == WHOLE

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        taken = self.chosen.count if data and data.get("scope") == WHOLE else self.chosen.public
        if not taken:
            raise ValidationError(f"没有可以导出的{self.subject.name}")
        return data


class ExportingAdmin(DeskAdmin):
    """An admin list whose rows can be taken away: those ticked, or all that match the search and the filters.

    A class of this kind says what its rows give (`export_subject`), how they are loaded (`rows_for_export`), and how
    one is called in the record (`name_in_record`) and in the column 状态 (`standing_of`).
    """

    change_list_template = "admin/cases/exporting_change_list.html"
    export_subject: Subject[Any]
    export_stem: str

    def rows_for_export(self, *, whole: bool) -> QuerySet[Any]:
        """All rows, loaded for the columns; what they name that readers do not see only if `whole`."""
        raise NotImplementedError

    def name_in_record(self, row: Any) -> str:
        return str(row)

    def standing_of(self, row: Any, *, is_public: bool) -> str:
        return row.get_status_display()

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    @admin.action(description="导出所选的%(verbose_name)s", permissions=["view"])
    def export_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """Go on to the page where form and columns are chosen; its address names the rows."""
        if request.POST.get("select_across") == "1":
            return HttpResponseRedirect(f"export/?{request.GET.urlencode()}")
        ids = [str(pk) for pk in rows.values_list("pk", flat=True)[: MOST_TICKED + 1]]
        if len(ids) > MOST_TICKED:
            self.message_user(request, f"一次最多勾选 {MOST_TICKED} 条，更多的请用右上角“导出”", messages.ERROR)
            return None
        return HttpResponseRedirect(f"export/?ids={','.join(ids)}")

    def export_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            chosen = self.chosen(request)
        except IncorrectLookupParameters:
            self.message_user(request, "筛选条件有误，请重新选择", messages.ERROR)
            return HttpResponseRedirect(self._list())
        may_take_all = request.user.has_perm(RIGHT)
        form = ExportForm(request.POST or None, chosen, self.export_subject, may_take_all=may_take_all)
        is_refused = not may_take_all and request.POST.get("scope") == WHOLE
        is_clear = request.method == "POST" and not is_refused and form.is_valid()
        if is_clear and (answer := self._file(request, form)):
            return answer
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"导出{self.opts.verbose_name}",
            "chosen": chosen,
            "form": form,
            "subject": self.export_subject,
            "may_take_all": may_take_all,
            "list": self._list(),
        }
        return TemplateResponse(request, "admin/cases/export.html", context, status=403 if is_refused else 200)

    def chosen(self, request: HttpRequest) -> Chosen:
        """The rows that `ids` names, otherwise all that match the list's own parameters."""
        if "ids" in request.GET:
            ids = re.findall(r"[0-9]{1,18}", request.GET["ids"])[:MOST_TICKED]
            rows = self.get_queryset(request).filter(pk__in=ids)
            return Chosen(
                rows.order_by(*self.get_ordering(request)), f"勾选的 {rows.count()} {self.export_subject.measure}"
            )
        listed = self.get_changelist_instance(request)
        words = [f"关键词：{listed.query}"] if listed.query else []
        for spec in listed.filter_specs:
            if spec.used_parameters:
                on = [str(choice["display"]) for choice in spec.choices(listed) if choice.get("selected")]
                words.append(f"{spec.title}：{'、'.join(on)}")
        return Chosen(listed.queryset, "；".join(words) or f"全部{self.opts.verbose_name}")

    def _list(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _file(self, request: HttpRequest, form: ExportForm) -> HttpResponse | None:
        """Answer with the file or the page that will have it; None where the form has to say why not."""
        asked = self._asked(request, form)
        plan = KINDS[asked.what].planned(asked)
        try:
            FORMS[asked.form].check(plan)
        except FormatRefused as refused:
            form.add_error("form", str(refused))
            return None
        return served(request, asked, plan)

    def _asked(self, request: HttpRequest, form: ExportForm) -> Asked:
        """The question of the file: the rows by their ids, for the list may be another when it is written."""
        params = QueryDict(mutable=True)
        params["ids"] = ",".join(map(str, form.chosen.ids))
        params["scope"] = WHOLE if form.is_whole else PUBLIC
        params["words"] = form.chosen.words
        params.setlist("column", form.cleaned_data["column"])
        base = request.build_absolute_uri("/").removesuffix("/")
        return Asked(DESK, form.cleaned_data["form"], params, request.user, base, self.opts.label_lower)
