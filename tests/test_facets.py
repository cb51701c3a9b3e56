"""Counts beside the choices of /cases/, against a count by hand of the same cases."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cases import search
from cases.models import AwardList, Case
from districts.models import District, compact_code
from tests.builders import make_case, make_district, make_draft, make_list, make_sector, make_theme
from tests.pages import cards

pytestmark = pytest.mark.django_db

WORDS = ("电梯", "河道", "食堂")
CHOICES = {
    "sector": ("rural", "urban", "school"),
    "theme": ("service", "grid", "party", "unused"),
    "kind": ("innovation", "brand", "method"),
    "year": ("2019", "2020", "2021", "2031"),
    "level": ("city", "province", "national"),
}
SINGLE = {
    "district": ("44", "440100", "440104", "440104002", "4403F01", "22"),
    "list": ("ten", "twenty", "late"),
}
DISTRICTS = ("440104", "440104002", "440105", "4401", "4403F01", "2207")


def make_library(size: int, seed: int) -> None:
    """Cases of every sort, a third of them drafts or withdrawn; lists of three levels and one not yet published."""
    chance = Random(seed)
    sectors = [make_sector(slug, slug) for slug in CHOICES["sector"]]
    *themes, _unused = [make_theme(slug, slug) for slug in CHOICES["theme"]]
    cases = []
    for number in range(size):
        cases.append(
            make_draft(
                f"案例{number}",
                approach="、".join(chance.sample(WORDS, chance.randint(0, 3))),
                district=make_district(chance.choice(DISTRICTS)),
                sector=chance.choice(sectors),
                themes=chance.sample(themes, chance.randint(0, 3)),
                kind=chance.choice(CHOICES["kind"]),
                year=int(chance.choice(CHOICES["year"][:-1])),
            )
        )
        if chance.random() < 0.8:
            cases[-1].publish(by=None)
        if chance.random() < 0.1 and cases[-1].is_published:
            cases[-1].withdraw(by=None)
    for slug, level, status in (
        ("ten", "city", "published"),
        ("twenty", "city", "published"),
        ("late", "province", "published"),
        ("unready", "national", "draft"),
    ):
        make_list(slug, slug=slug, level=level, status=status, cases=chance.choices(cases, k=size // 2))


class Facts:
    """What one case stands under, read from the model as a curator sees it."""

    def __init__(self, case: Case) -> None:
        lists = [entry.award_list for entry in case.awards.select_related("award_list")]
        published = [award_list for award_list in lists if award_list.status == "published"]
        self.title = case.title
        self.text = case.approach
        self.under: dict[str, set[str]] = {
            "district": {case.district.code} if case.district else set(),
            "sector": {case.sector.slug} if case.sector else set(),
            "theme": {theme.slug for theme in case.themes.all()},
            "kind": {case.kind},
            "year": {str(case.year)},
            "level": {award_list.level for award_list in published},
            "list": {award_list.slug for award_list in published},
        }

    def match(self, params: dict[str, list[str]]) -> bool:
        return all(self._matches(name, values) for name, values in params.items() if values)

    def _matches(self, name: str, values: list[str]) -> bool:
        if name == "q":
            return values[0].strip("“”") in self.text
        if name == "district":
            return any(code.startswith(compact_code(values[0])) for code in self.under["district"])
        return not self.under[name].isdisjoint(values)


def expected(facts: list[Facts], params: dict[str, list[str]], name: str) -> dict[str, int]:
    """What each value would show if it alone were chosen in its facet; values that show nothing are left out."""
    if name == "district":
        chosen = District.objects.get(code=compact_code(params[name][0])) if params.get(name) else None
        values = [place.public_code for place in District.objects.filter(parent=chosen)]
    else:
        values = [*{value for case in facts for value in case.under[name]}]
    counts = {value: sum(case.match(params | {name: [value]}) for case in facts) for value in values}
    return {value: count for value, count in counts.items() if count}


def address(params: dict[str, list[str]]) -> str:
    query = QueryDict(mutable=True)
    for name, values in params.items():
        query.setlist(name, values)
    return f"/cases/?{query.urlencode()}"


several = {name: st.lists(st.sampled_from(values), max_size=3, unique=True) for name, values in CHOICES.items()}
one = {name: st.lists(st.sampled_from(values), max_size=1) for name, values in SINGLE.items()}
chosen_at_random = st.fixed_dictionaries(
    several | one | {"q": st.lists(st.sampled_from([f"“{word}”" for word in WORDS]), max_size=1)}
)


@pytest.mark.parametrize(("seed", "few"), [(1, 1000), (2, 0), (3, 5)])
def test_every_count_is_the_number_of_cases_behind_its_link(
    client: Client, monkeypatch: pytest.MonkeyPatch, seed: int, few: int
) -> None:
    for module in ("cases.facets", "cases.models.case_queryset"):
        monkeypatch.setattr(f"{module}.FEW", few)
    make_library(30, seed)
    search.rebuild()
    facts = [Facts(case) for case in Case.objects.filter(status="published")]
    assert 10 < len(facts) < 30

    @given(chosen_at_random)
    @effort(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    def check(params: dict[str, list[str]]) -> None:
        for code in params["district"]:
            make_district(compact_code(code))
        response = client.get(address(params))
        found = [case.title for case in facts if case.match(params)]
        assert response.context["page"].paginator.count == len(found)
        assert set(cards(response)) == set(found[:20]) or len(found) > 20
        for facet in response.context["browse"].facets:
            on = params[facet.name] if facet.name != "district" else []
            shown = {choice.value: choice.count for choice in facet.choices}
            assert shown == dict.fromkeys(on, 0) | expected(facts, params, facet.name), facet.name
            assert {choice.value for choice in facet.choices if choice.is_on} == set(on)

    check()


def test_following_a_link_shows_as_many_cases_as_it_says(client: Client) -> None:
    make_library(30, seed=4)
    search.rebuild()

    for start in ("", "?q=“电梯”", "?year=2020&year=2021", "?district=4401&theme=grid&q=“河道”"):
        followed = 0
        for facet in client.get(f"/cases/{start}").context["browse"].facets:
            for choice in facet.choices:
                behind = client.get(f"/cases/?{choice.query}").context["page"].paginator.count
                if facet.name in {"district", "list"} or not facet.is_on:
                    assert behind == choice.count, (start, facet.name, choice)
                followed += 1
        assert followed


@pytest.mark.parametrize("words", ["", "&q=“电梯”"])
def test_what_is_not_published_is_in_no_count(client: Client, words: str) -> None:
    theme, sector = make_theme("网格", "grid"), make_sector("农村", "rural")
    fields: dict[str, Any] = {"themes": [theme], "sector": sector, "approach": "电梯"}
    shown, draft, withdrawn = make_case("公开", **fields), make_draft("草稿", **fields), make_case("撤下", **fields)
    make_list(slug="ten", level="city", cases=[shown, draft, withdrawn])
    make_list(slug="unready", level="national", status="draft", cases=[shown])
    search.rebuild()
    # Behind the back of the index, which proposes the case still.
    Case.objects.filter(pk=withdrawn.pk).update(status=Case.Status.WITHDRAWN)

    response = client.get(f"/cases/?sort=newest{words}")

    assert cards(response) == ["公开"]
    counts = {facet.name: {c.value: c.count for c in facet.choices} for facet in response.context["browse"].facets}
    assert counts == {
        "district": {"440000": 1},
        "sector": {"rural": 1},
        "year": {"2020": 1},
        "kind": {"innovation": 1},
        "level": {"city": 1},
        "theme": {"grid": 1},
        "list": {"ten": 1},
    }


def test_a_year_without_cases_can_be_taken_off_again(client: Client) -> None:
    make_case("甲", year=2020)

    chips = client.get("/cases/?year=2031").context["browse"].chips

    assert [(chip.label, chip.query) for chip in chips] == [("2031年", "")]


def test_a_link_keeps_what_else_is_chosen_in_any_script_once_and_leads_to_page_one(client: Client) -> None:
    make_case("加装电梯", year=2020, sector=make_sector("农村", "rural"))
    search.rebuild()

    response = client.get("/cases/?q=加装 电梯&year=2020&year=2020&page=3&more=theme")

    years = next(facet for facet in response.context["browse"].facets if facet.name == "year")
    sectors = next(facet for facet in response.context["browse"].facets if facet.name == "sector")
    assert QueryDict(years.choices[0].query).dict() == {"q": "加装 电梯", "more": "theme"}
    assert dict(QueryDict(sectors.choices[0].query).lists()) == {
        "q": ["加装 电梯"],
        "year": ["2020"],
        "more": ["theme"],
        "sector": ["rural"],
    }


ORDERS: dict[str, Callable[[Case], Any]] = {
    "newest": lambda case: (-case.year, -case.published_at.timestamp() if case.published_at else 0, case.number),
    "oldest": lambda case: (case.year, case.number),
    "title": lambda case: (case.title, case.number),
}


@pytest.mark.parametrize("few", [1000, 0])
@pytest.mark.parametrize("sort", ORDERS)
def test_orders_hold_with_words_and_filters(
    client: Client, monkeypatch: pytest.MonkeyPatch, sort: str, few: int
) -> None:
    monkeypatch.setattr("cases.models.case_queryset.FEW", few)
    make_library(20, seed=5)
    search.rebuild()
    published = sorted(Case.objects.filter(status="published"), key=ORDERS[sort])

    for query, kept in (
        ("", lambda case: True),
        ("q=“电梯”", lambda case: "电梯" in case.approach),
        ("q=“电梯”&kind=brand&kind=method", lambda case: "电梯" in case.approach and case.kind != "innovation"),
    ):
        titles = cards(client.get(f"/cases/?sort={sort}&{query}"))
        assert titles == [case.title for case in published if kept(case)]
        assert titles


@pytest.mark.parametrize("words", ["", "&q=电梯"])
def test_a_page_that_is_not_there_is_the_last_or_the_first(client: Client, words: str) -> None:
    for number in range(21):
        make_case(f"案例{number:02d}", approach="电梯")
    search.rebuild()
    first = cards(client.get(f"/cases/?sort=title{words}"))
    last = cards(client.get(f"/cases/?sort=title{words}&page=2"))

    assert (len(first), len(last)) == (20, 1)
    for page in (10**9, "9" * 400, -1, 0):
        assert cards(client.get(f"/cases/?sort=title{words}&page={page}")) == last
    for page in ("abc", "", "1.5", "１", "%00x", "last"):
        response = client.get(f"/cases/?sort=title{words}&page={page}")
        assert response.status_code in {200, 400}
        assert cards(response) in (first, [])
    assert cards(client.get(f"/cases/?sort=title&q=没有这样的词{words}&page=7")) in ([], last)


def queries_of(client: Client, path: str) -> Counter[str]:
    """Queries of a page by the table they begin with."""
    client.get(path)
    with CaptureQueriesContext(connection) as made:
        client.get(path)
        queries = list(made)
    return Counter(query["sql"].partition(" FROM ")[2].split(" ")[0] for query in queries)


@pytest.mark.any_database
def test_a_larger_library_and_more_choices_cost_no_more_queries(client: Client) -> None:
    some = "sector=rural&theme=grid&kind=brand&year=2020&level=city&district=440100&list=ten"
    more = some + "&sector=urban&sector=school&theme=service&kind=method&kind=innovation&year=2019&level=province"
    paths = [
        "/cases/",
        "/cases/?q=“电梯”",
        f"/cases/?{some}",
        f"/cases/?{some}&q=“电梯”",
        "/cases/?q=“电梯”&sort=title",
    ]
    make_library(12, seed=6)
    fields = {"sector": make_sector("rural"), "themes": [make_theme("grid")], "kind": "brand", "year": 2020}
    case = make_case("样样都有", approach="电梯", district=make_district("440104"), **fields)
    AwardList.objects.get(slug="ten").entries.create(case=case, title=case.title)
    search.rebuild()
    few = {path: queries_of(client, path) for path in paths}

    assert sum(few["/cases/"].values()) <= 12
    assert queries_of(client, f"/cases/?{more}") == few[f"/cases/?{some}"]
    assert queries_of(client, f"/cases/?{more}&q=“电梯”") == few[f"/cases/?{some}&q=“电梯”"]
    # Each of the four that name a row has its name looked up, and a district what is above it.
    assert sum(few[f"/cases/?{some}"].values()) - sum(few["/cases/"].values()) <= 5

    for number in range(40):
        again = make_case(f"又一个{number}", approach="电梯", district=make_district("440104"), **fields)
        AwardList.objects.get(slug="ten").entries.create(case=again, title=again.title)
        make_list(slug=f"more-{number}", level="province", cases=[again])
    search.rebuild()
    assert {path: queries_of(client, path) for path in paths} == few


LISTS = ["/cases/", "/statistics/", "/districts/", "/organisations/", "/awards/", "/awards/ten/"]


@pytest.mark.parametrize("path", LISTS)
def test_what_a_list_does_not_read_is_in_none_of_its_links(client: Client, path: str) -> None:
    """Else an address of four kilobytes makes a page of a megabyte, for the asking."""
    make_library(12, seed=7)
    search.rebuild()

    page = client.get(f"{path}?stray=stray&more=stray&stray-name")

    assert page.status_code == 200
    # The two ways back in the head lead to this very address.
    assert page.content.decode().count("stray") == 2 * 4


def test_statistics_and_files_of_what_is_found_do_not_begin_on_the_page_of_the_list(client: Client) -> None:
    make_case("甲", year=2020)

    html = client.get("/cases/?year=2020&page=3").content.decode()

    assert 'href="/statistics/?year=2020"' in html
    assert 'href="/cases/export.xlsx?year=2020"' in html
