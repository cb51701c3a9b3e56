"""The audit, to read, search and take away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from cases import audit_words
from cases.admin.desk import DeskAdmin
from cases.admin.exporting import ExportForm
from cases.audit_filter import ACTION, GROUPS, KIND, SINCE, UNTIL, WHO, WORDS, AuditFilter, BadDate, label_of
from cases.exports.asked import Asked
from cases.exports.audit import ENTRIES, UP_TO, moment
from cases.exports.kinds import KINDS
from cases.models import AuditEntry
from cases.people import signature_of
from cases.views.export import served
from districts.admin import OnlyToRead

RECORDS = ("cases.case", "cases.awardlist", "cases.organisation", "cases.source", "auth.user", "auth.group")
TOLD: Any = ["number", "when", "act", "who", "account", "about", "address", "told", "previous", "hash"]
PERIODS = (("今天", 0), ("近 7 天", 6), ("近 30 天", 29), ("近 200 天", 199))


class Narrowing(admin.SimpleListFilter):
    """A choice that narrows the list as `AuditFilter` reads it."""

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        return AuditFilter.read({str(self.parameter_name): self.value() or ""}).found(queryset)


class ActionFilter(Narrowing):
    """Kinds of acts; below the chosen one, its acts."""

    title, parameter_name = "事项", ACTION

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = request.GET.get(ACTION, "")
        listed: list[tuple[str, str]] = []
        for key, (label, actions) in GROUPS.items():
            listed.append((key, label))
            if chosen == key or chosen in actions:
                listed += [(action, f"　{label_of(action)}") for action in actions]
        return list(dict(listed).items())


class PersonFilter(Narrowing):
    title, parameter_name, template = "操作人", WHO, "admin/cases/auditentry/person.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = User.objects.filter(is_staff=True).order_by("username")
        known = {user.username: signature_of(user) for user in people}
        chosen = request.GET.get(WHO, "")
        if chosen:
            known.setdefault(chosen, chosen)
        return list(known.items())

    def choices(self, changelist: Any) -> Iterator[Any]:
        self.kept = kept(changelist, WHO)
        return super().choices(changelist)

    @property
    def options(self) -> list[tuple[Any, Any]]:
        return self.lookup_choices


class RecordFilter(Narrowing):
    title, parameter_name = "对象", KIND

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, audit_words.kind_of(kind)) for kind in RECORDS]


class PeriodFilter(admin.ListFilter):
    """From one day to another, the last included; some periods are a link."""

    title, template = "时间", "admin/cases/auditentry/period.html"
    parameters = (SINCE, UNTIL)

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in (SINCE, UNTIL):
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.since, self.until = (str(self.used_parameters.get(name, "")) for name in (SINCE, UNTIL))
        self.fault = ""

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [SINCE, UNTIL]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        try:
            return AuditFilter.read({SINCE: self.since, UNTIL: self.until}).found(queryset)
        except BadDate as wrong:
            self.fault = f"“{wrong}”不是日期，请写成 {timezone.localdate():%Y-%m-%d} 这样"
            return queryset.none()

    def choices(self, changelist: Any) -> Iterator[Any]:
        self.kept = kept(changelist, SINCE, UNTIL)
        today = timezone.localdate()
        starts = [("全部", ""), *((label, str(today - timedelta(days=days))) for label, days in PERIODS)]
        for label, since in starts:
            yield {
                "selected": not self.until and self.since == since,
                "query_string": changelist.get_query_string({SINCE: since} if since else {}, [SINCE, UNTIL]),
                "display": label,
            }


def kept(changelist: Any, *but: str) -> list[tuple[str, str]]:
    """The parameters that a form of one filter sends along."""
    return [(name, value) for name, value in changelist.params.items() if name not in but]


@dataclass
class Chosen:
    """Entries for a file, which readers see none of and administrators all."""

    entries: QuerySet[Any]
    words: str
    hidden = 0

    def __post_init__(self) -> None:
        self.count = self.public = self.entries.count()


class AuditExportForm(ExportForm):
    def __init__(self, data: Any, chosen: Any) -> None:
        super().__init__(data, chosen, ENTRIES, may_take_all=False)
        choice: Any = self.fields["form"]
        choice.choices = [one for one in choice.choices if one[0] in KINDS["audit"].forms]


@admin.register(AuditEntry)
class AuditEntryAdmin(OnlyToRead, DeskAdmin):
    """Nobody adds, changes or removes an entry here, superusers included."""

    change_list_template = "admin/cases/exporting_change_list.html"
    list_display = ["number", "when", "act", "who", "about", "told", "address"]
    list_display_links = ["number"]
    list_filter = [PeriodFilter, ActionFilter, PersonFilter, RecordFilter]
    list_per_page = 100
    sortable_by = ()
    ordering = ["-number"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["username", "about_name"]
    search_help_text = "按账号、姓名、案例编号、地址或序号查找，须写全"
    actions = None
    fields = TOLD
    readonly_fields = TOLD

    class Media:
        css = {"all": ["css/audit.css"]}

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        return AuditFilter.read({WORDS: search_term}).found(queryset), False

    def get_urls(self) -> list[URLPattern]:
        own = path("export/", self.admin_site.admin_view(self.export_view), name="cases_auditentry_export")
        return [own, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Choose format and columns; the address is that of the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = AuditFilter.read(request.GET)
        try:
            entries = wanted.found(AuditEntry.objects.all())
        except BadDate:
            entries = AuditEntry.objects.none()
        chosen = Chosen(entries, "；".join(f"{name}：{value}" for name, value in wanted.parts) or "全部记录")
        form = AuditExportForm(request.POST or None, chosen)
        if request.method == "POST" and form.is_valid():
            asked = self._asked(request, form)
            return served(request, asked, KINDS[asked.what].planned(asked))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "导出审计日志",
            "chosen": chosen,
            "form": form,
            "subject": ENTRIES,
            "list": reverse("admin:cases_auditentry_changelist"),
        }
        return TemplateResponse(request, "admin/cases/export.html", context)

    def _asked(self, request: HttpRequest, form: Any) -> Asked:
        params = QueryDict(mutable=True)
        params.update(
            {name: request.GET[name] for name in (ACTION, WHO, KIND, SINCE, UNTIL, WORDS) if name in request.GET}
        )
        params[UP_TO] = str(AuditEntry.objects.values_list("number", flat=True).first() or 0)
        params.setlist("column", form.cleaned_data["column"])
        base = request.build_absolute_uri("/").removesuffix("/")
        return Asked("audit", form.cleaned_data["form"], params, request.user, base)

    @admin.display(description="时间", ordering="at")
    def when(self, entry: AuditEntry) -> str:
        return moment(entry)

    @admin.display(description="事项")
    def act(self, entry: AuditEntry) -> str:
        return entry.act

    @admin.display(description="操作人")
    def who(self, entry: AuditEntry) -> str:
        return audit_words.who(entry)

    @admin.display(description="对象")
    def about(self, entry: AuditEntry) -> str:
        return audit_words.about(entry)

    @admin.display(description="详情")
    def told(self, entry: AuditEntry) -> str:
        return audit_words.details(entry)
