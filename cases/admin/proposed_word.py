"""Proposed words, to take as terms or to dismiss for good."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from cases.models import Case, ProposedWord, Term, WordSurvey
from cases.search import fold, snippet
from cases.word_proposals import ask_for_survey
from districts.admin import OwnFilters

PASSAGE = 60
SHOWN = 2
PER_PAGE = 30
State = ProposedWord.State


class StateFilter(admin.SimpleListFilter):
    """What is open, unless what was dismissed is asked for."""

    title, parameter_name = "状态", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(State.DISMISSED.value, str(State.DISMISSED.label))]

    def choices(self, changelist: Any) -> Any:
        chosen = self.value() == State.DISMISSED
        for is_on, value, label in ((not chosen, None, "待处理"), (chosen, State.DISMISSED.value, "不是词")):
            query = changelist.get_query_string({self.parameter_name: value} if value else {}, [self.parameter_name])
            yield {"selected": is_on, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProposedWord]) -> QuerySet[ProposedWord]:
        return queryset.filter(state=State.DISMISSED if self.value() == State.DISMISSED else State.PROPOSED)


class OriginFilter(admin.SimpleListFilter):
    title, parameter_name = "来自", "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in ProposedWord.Origin.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProposedWord]) -> QuerySet[ProposedWord]:
        return queryset.filter(origin=self.value()) if self.value() in ProposedWord.Origin.values else queryset


@admin.register(ProposedWord)
class ProposedWordAdmin(OwnFilters):
    class Media:
        css: ClassVar[Any] = {"all": ["css/terms.css"]}

    change_list_template = "admin/cases/proposedword/change_list.html"
    list_display = ["what", "passages", "decide"]
    list_display_links = None
    list_filter = [StateFilter, OriginFilter]
    list_per_page = PER_PAGE
    sortable_by = ()
    ordering = ["-weight", "word"]
    search_fields = ["word"]
    search_help_text = "按词查找"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ["dismiss", "take_back"]

    def get_urls(self) -> list[URLPattern]:
        own = path("survey/", self.admin_site.admin_view(self.survey_view), name="cases_proposedword_survey")
        listed = path("", self.admin_site.admin_view(self.changelist_view), name="cases_proposedword_changelist")
        return [own, listed]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProposedWord]:
        """Without what became a term meanwhile; what readers do not see is no example."""
        taken = {fold(text) for term in Term.objects.all() for text in (term.word, *term.synonyms)}
        words = super().get_queryset(request)
        done = [pk for pk, word in words.values_list("pk", "word") if fold(word) in taken]
        return words.exclude(pk__in=done)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and (pk := request.POST.get("not_a_word", "")):
            if not self.has_change_permission(request):
                raise PermissionDenied
            self.dismiss(request, self.get_queryset(request).filter(pk=pk if pk.isdecimal() and len(pk) < 19 else 0))
            return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, {"survey": WordSurvey.latest()} | (extra_context or {}))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        shown = list(changelist.result_list)
        wanted = {pk for proposal in shown for pk in proposal.examples}
        cases = Case.objects.visible_to(request.user).only("number", "title", "brand_name", *Case.PLAIN)
        read = cases.in_bulk(list(wanted))
        for proposal in shown:
            proposal.shown = [read[pk] for pk in proposal.examples if pk in read]
            proposal.may_be_taken = not proposal.is_dismissed and request.user.has_perm("cases.add_term")
        changelist.result_list = shown
        return changelist

    def survey_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        ask_for_survey()
        self.message_user(request, "已经安排，后台程序几分钟内开始。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_proposedword_changelist"))

    @admin.action(description="不是词，以后不再提出", permissions=["change"])
    def dismiss(self, request: HttpRequest, words: QuerySet[ProposedWord]) -> None:
        self._put(request, words, State.DISMISSED, "已记下 {} 个不是词，以后不再提出。")

    @admin.action(description="恢复为待处理", permissions=["change"])
    def take_back(self, request: HttpRequest, words: QuerySet[ProposedWord]) -> None:
        self._put(request, words, State.PROPOSED, "已恢复 {} 个。")

    def _put(self, request: HttpRequest, words: QuerySet[ProposedWord], state: str, told: str) -> None:
        count = ProposedWord.objects.filter(pk__in=list(words.values_list("pk", flat=True))).update(state=state)
        self.message_user(request, told.format(count), messages.SUCCESS)

    @admin.display(description="词")
    def what(self, proposal: ProposedWord) -> str:
        if proposal.origin == ProposedWord.Origin.TEXTS:
            evidence = f"{proposal.case_count} 个案例，{proposal.times} 处"
        else:
            evidence = f"搜索 {proposal.searches} 次"
        return format_html('<strong>{}</strong><span class="proposed-evidence">{}</span>', proposal.word, evidence)

    @admin.display(description="例子")
    def passages(self, proposal: Any) -> str:
        if proposal.origin == ProposedWord.Origin.SEARCHES:
            browse = reverse("cases:list")
            links = [(f"{browse}?{urlencode({'q': other})}", other) for other in proposal.nearest]
            if not links:
                return "没有案例写着它，也没有相近的写法"
            return format_html("没有案例写着它。相近的写法：{}", format_html_join("、", '<a href="{}">{}</a>', links))
        rows = [(case.get_absolute_url(), case.title, _passage(case, proposal.word)) for case in proposal.shown[:SHOWN]]
        return format_html_join("", '<p class="proposed-place"><a href="{}">{}</a>：{}</p>', rows) or "—"

    @admin.display(description="处理")
    def decide(self, proposal: Any) -> str:
        of = format_html('<span class="visually-hidden">“{}”</span>', proposal.word)
        trial = format_html('<a href="{}?{}">试验{}</a>', reverse("admin:cases_term_trial"), _tried(proposal), of)
        if not proposal.may_be_taken:
            return trial
        return format_html(
            '<span class="counts-acts"><a href="{}?{}">收为词条{}</a>{}'
            '<button type="submit" name="not_a_word" value="{}">不是词{}</button></span>',
            reverse("admin:cases_term_add"),
            urlencode({"word": proposal.word}),
            of,
            trial,
            proposal.pk,
            of,
        )


def _tried(proposal: ProposedWord) -> str:
    return urlencode({"word": proposal.word, "trial_text": proposal.word, "trial_query": proposal.word})


def _passage(case: Case, word: str) -> str:
    parts = (case.title, case.brand_name, *(getattr(case, name) for name in Case.PLAIN))
    return snippet(f"“{word}”", [part for part in parts if part], PASSAGE)
