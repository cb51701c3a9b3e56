"""What readers ask of the shipped library and which case is the right first answer, as judged_queries.yaml lists."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cases import search
from cases.models import Case

pytestmark = pytest.mark.any_database

LIST = Path(__file__).with_name("judged_queries.yaml")
JUDGED: list[dict[str, Any]] = yaml.safe_load(LIST.read_text(encoding="utf-8"))
SHARE_FIRST = 0.95


@pytest.fixture
def library(shipped_library: None) -> None:
    search.rebuild()


def right(judged: dict[str, Any]) -> set[str]:
    """Numbers of the cases that may stand first."""
    return {judged["first"], *judged.get("or", [])}


def miss(judged: dict[str, Any], came: list[Case]) -> str:
    place = next((str(place) for place, case in enumerate(came, 1) if case.number in right(judged)), "nowhere")
    first = f"{came[0].number} {came[0].title}" if came else "nothing"
    expected = " or ".join(sorted(right(judged)))
    return f"{judged['query']} ({judged['kind']}): {expected} stands {place}; first is {first}"


def test_the_list_is_long_enough_and_names_cases_that_exist(library: None) -> None:
    queries = [judged["query"] for judged in JUDGED]
    numbers = set(Case.objects.published().values_list("number", flat=True))

    assert len(queries) >= 80
    assert sorted(queries) == sorted(set(queries))
    assert set().union(*map(right, JUDGED)) <= numbers


def test_the_right_case_stands_first_for_what_readers_ask(library: None) -> None:
    cases = Case.objects.in_bulk()
    not_first, not_near = [], []
    for judged in JUDGED:
        came = [cases[key] for key in search.search(judged["query"], Case.objects.visible_to(None)).ids]
        if not right(judged) & {case.number for case in came[:1]}:
            not_first.append(miss(judged, came))
        if not right(judged) & {case.number for case in came[:3]}:
            not_near.append(miss(judged, came))

    share = 1 - len(not_first) / len(JUDGED)
    told = f"{share:.1%} of {len(JUDGED)} queries have the right case first\n" + "\n".join(not_first)
    assert share >= SHARE_FIRST, told
    assert not not_near, "not within the first three:\n" + "\n".join(not_near) + f"\n\n{told}"
