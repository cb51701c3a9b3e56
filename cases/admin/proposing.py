"""Numbers in the text of a case that its figures do not have: offered beside the rows, taken over by a click."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import path

from cases.admin.figure import read_number
from cases.admin.working_copy import KeepsWork
from cases.articles.unrecorded import MOST, Proposal, chosen, measured, unrecorded
from cases.checks import MOST_ROWS, typed
from cases.models import Case
from cases.models.case import label_of
from cases.rich_text import clean, is_markup, plain_text

# Ticked where there is no script; they become rows of the form that is sent.
TAKEN = "_take_figure"
# The summary repeats what the sections say in full.
READ = (*Case.SECTIONS[1:], Case.SECTIONS[0])
FILLED = ("indicator", "qualifier", "value", "unit", "year", "as_printed")


class Proposing(KeepsWork):
    """Of the form of a case, for whoever may edit it."""

    def get_urls(self) -> list[Any]:
        return [
            path("figures/", self.admin_site.admin_view(self.figures_view), name="cases_case_figures"),
            *super().get_urls(),
        ]

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        """Answer the form as it is typed with the numbers that its text has and its rows have not."""
        if request.method != "POST":
            return JsonResponse({"error": "只接受 POST"}, status=405, headers={"Allow": "POST"})
        told = self.token_in(request)
        if told is None:
            return JsonResponse({"error": "表单已经失效，请刷新页面"}, status=400)
        self.case_to_edit(request, told[1])
        found = proposals_in(request.POST)
        return JsonResponse({"figures": [one.as_data() for one in found[:MOST]], "number": len(found)})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and TAKEN in request.POST:
            self._fill_in(request)
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        return answer

    def _fill_in(self, request: HttpRequest) -> None:
        keys = request.POST.getlist(TAKEN)[:MOST]
        taken = chosen(proposals_in(request.POST), keys)
        if len(taken) < len(set(keys)):
            told = f"勾选的数字有 {len(set(keys)) - len(taken)} 个在文中已经改动或已经录入，没有另填一行"
            self.message_user(request, told, messages.WARNING)
        request.POST = with_rows(request.POST, taken)  # type: ignore[assignment]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Case | None = None,
    ) -> HttpResponse:
        found = proposals_in(request.POST) if request.method == "POST" else proposals_of(obj)
        context["proposals"], context["proposals_in_all"] = found[:MOST], len(found)
        return super().render_change_form(request, context, add, change, form_url, obj)


def proposals_in(data: Any) -> list[Proposal]:
    """What the texts of a form as it was sent state and its rows lack."""
    form = typed(data)
    texts = {name: clean(text) if is_markup(text := form.fields[name]) else text for name in READ}
    return unrecorded(_labelled(texts), {row for one in form.figures if (row := _row(one.value, one.unit))})


def proposals_of(case: Case | None) -> list[Proposal]:
    """The same of a case as it is stored; one query."""
    if case is None:
        return []
    recorded = {measured(value, unit) for value, unit in case.figures.values_list("value", "unit")}
    return unrecorded(_labelled({name: getattr(case, name) for name in READ}), recorded)


def _labelled(texts: dict[str, str]) -> dict[str, str]:
    plain = {name: plain_text(text) if is_markup(text) else text for name, text in texts.items()}
    return {label_of(name): text for name, text in plain.items()}


def _row(value: str, unit: str) -> tuple[Decimal, str] | None:
    """A row as it was typed, 2.3万 for 23000; None where there is no number."""
    try:
        number = Decimal(read_number(value))
    except InvalidOperation:
        return None
    return measured(number, unit) if number.is_finite() else None


def with_rows(data: QueryDict, taken: list[Proposal]) -> QueryDict:
    """A form as it was sent with a row more for each, after those that it has."""
    filled = data.copy()
    total = _count(data, "figures-TOTAL_FORMS")
    last = max((_count(data, f"figures-{number}-position") for number in range(total)), default=0)
    for place, one in enumerate(taken):
        number, values = total + place, one.as_data()
        for name in FILLED:
            filled[f"figures-{number}-{name}"] = values[name]
        filled[f"figures-{number}-position"] = str(last + 1 + place)
    filled["figures-TOTAL_FORMS"] = str(total + len(taken))
    return filled


def _count(data: Any, name: str) -> int:
    written = data.get(name, "")
    return min(int(written), MOST_ROWS) if written.isascii() and written.isdigit() and len(written) < 6 else 0
