"""What cases stand under is kept from one page to the next, and never longer than it is true."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from cases import facets, search
from cases.facets import Tally
from cases.models import AwardList, Case, Sector, Theme
from districts.models import District
from tests.builders import make_case, make_district, make_draft, make_list, make_sector, make_theme, make_user
from tests.desk import filled
from tests.pages import queries_of
from tests.test_facets import make_library

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

Shown = tuple[int, dict[str, dict[str, int]]]
# Queries by which everything that the public cases stand under is read.
READING = 3


def shown(address: str = "/cases/", client: Client | None = None) -> Shown:
    """How many cases a page finds, and the counts beside it."""
    context = (client or Client()).get(address).context
    counts = {
        facet.name: {choice.value: choice.count for choice in facet.choices} for facet in context["browse"].facets
    }
    return context["page"].paginator.count, counts


def truly_shown(address: str = "/cases/") -> Shown:
    """The same as it is without memory."""
    facets.forget()
    return shown(address)


@pytest.fixture
def library() -> Case:
    case = make_case("甲", themes=[make_theme("旧主题", slug="old")])
    make_case("乙", district=make_district("4403F01"), sector=make_sector("农村", slug="rural"), year=2021)
    make_list(cases=[case], slug="ten")
    search.rebuild()
    return case


def test_the_next_page_of_an_unchanged_library_reads_the_stamp_alone(library: Case) -> None:
    addresses = ["/cases/", "/cases/?district=440000", "/cases/?q=党群", "/districts/", "/statistics/"]
    client = Client()
    warm = {address: (client.get("/cases/"), queries_of(client, address))[1][address] for address in addresses}
    cold: dict[str, int] = {}
    for address in addresses:
        facets.forget()
        cold |= queries_of(client, address)

    assert {address: cold[address] - warm[address] for address in addresses} == dict.fromkeys(addresses, READING)


def by_raw_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET year = 2019 WHERE title = %s", ["甲"])


def by_admin() -> None:
    client = Client()
    client.force_login(make_user(group="管理员"))
    theme = Theme.objects.get(slug="old")
    address = f"/admin/cases/theme/{theme.pk}/change/"
    client.post(address, filled(client.get(address), name="旧", slug="renewed"))


CHANGES: dict[str, Callable[[Case], Any]] = {
    "another case": lambda case: make_case("丙"),
    "withdrawn": lambda case: case.withdraw(by=None),
    "update": lambda case: Case.objects.update(year=2022),
    "raw sql": lambda case: by_raw_sql(),
    "admin": lambda case: by_admin(),
    "another sector": lambda case: Case.objects.filter(pk=case.pk).update(sector=Sector.objects.get(slug="rural")),
    "another theme": lambda case: case.themes.add(make_theme("新主题", slug="new")),
    "no themes": lambda case: case.themes.through.objects.all().delete(),
    "off the list": lambda case: case.awards.all().delete(),
    "list no longer public": lambda case: AwardList.objects.update(status="draft"),
    "level of the list": lambda case: AwardList.objects.update(level="county"),
    "code of a district": lambda case: District.objects.filter(code="440104").update(code="440306"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_very_next_page_has_counted_a_change(library: Case, change: str) -> None:
    before = shown("/cases/?district=440000")
    CHANGES[change](library)
    after = shown("/cases/?district=440000")

    assert after != before
    assert after == truly_shown("/cases/?district=440000")


def test_a_case_that_was_counted_is_gone_at_once_and_a_draft_never_counts(library: Case) -> None:
    draft = make_draft("草稿", year=2015)
    assert shown() == truly_shown()
    assert "2015" not in shown()[1]["year"]

    draft.publish(by=None)
    assert shown()[1]["year"]["2015"] == 1

    draft.withdraw(by=None)
    assert "2015" not in shown()[1]["year"]
    assert shown("/cases/?year=2015")[0] == 0


@pytest.fixture
def elsewhere() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Do something in a thread with a connection of its own, and wait for it."""
    with ThreadPoolExecutor(4) as pool:

        def run(work: Callable[[], Any]) -> Any:
            def apart() -> Any:
                try:
                    return work()
                finally:
                    connection.close()

            return pool.submit(apart)

        yield run


def test_all_threads_see_every_change_with_their_next_page(library: Case, elsewhere: Any) -> None:
    for number in range(8):
        make_case(f"又一个{number}", year=2010 + number)
        pages = [elsewhere(shown) for _ in range(4)]
        assert {page.result()[0] for page in pages} == {3 + number}
        elsewhere(partial(Case.objects.filter(title="甲").update, year=2001 + number % 2)).result()
        assert shown()[1]["year"][str(2001 + number % 2)] == 1


def test_another_process_sees_and_is_seen(library: Case) -> None:
    shown()
    connections.close_all()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            remembers = facets._memory.kept[1] is not None
            Case.objects.filter(title="甲").update(year=2001)
            status = 0 if remembers and shown()[1]["year"]["2001"] == 1 else 1
            connections.close_all()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0

    assert shown()[1]["year"]["2001"] == 1


def test_a_transaction_sees_its_own_changes_and_leaves_nothing_for_others(library: Case, elsewhere: Any) -> None:
    before, kept = shown(), facets._memory.kept
    with transaction.atomic():
        Case.objects.update(year=2001)
        within = shown()
        assert facets._memory.kept is kept
        assert elsewhere(shown).result() == before
        transaction.set_rollback(True)

    assert within[1]["year"] == {"2001": 2}
    assert shown() == before == truly_shown()

    facets.forget()
    with transaction.atomic():
        shown()
    assert facets._memory.kept[1] is None


def test_what_was_rolled_back_is_not_taken_for_what_came_instead(library: Case) -> None:
    for year in (2001, 2002):
        with transaction.atomic():
            Case.objects.update(year=year)
            # As somebody might who does not know of the transaction.
            facets._memory.keep(facets.Edition.current().stamp, facets._read(Case.objects.visible_to(None)))
            transaction.set_rollback(True)
        Case.objects.update(year=year + 10)
        assert shown()[1]["year"] == {str(year + 10): 2}


def test_a_change_while_it_is_being_read_is_not_missed(library: Case, monkeypatch: Any) -> None:
    read = facets._read

    def change_after_reading(cases: Any) -> Any:
        found = read(cases)
        Case.objects.filter(title="甲").update(year=2001)
        return found

    monkeypatch.setattr(facets, "_read", change_after_reading)
    shown()
    monkeypatch.undo()

    assert shown()[1]["year"]["2001"] == 1


def test_other_cases_than_the_public_ones_are_neither_kept_nor_taken(library: Case) -> None:
    shown()
    kept = facets._memory.kept
    few = Case.objects.visible_to(None).filter(title="乙")

    assert Tally(few, {}).counts("year") == {2021: 1}
    assert Tally(Case.objects.all(), {}).counts("year") == {2020: 1, 2021: 1}
    assert facets._memory.kept is kept
    facets.forget()
    Tally(few, {})
    assert facets._memory.kept[1] is None


def test_readers_who_see_the_same_share_it(library: Case) -> None:
    curator, client = Client(), Client()
    curator.force_login(make_user(group="管理员"))
    curator.get("/cases/")
    kept = facets._memory.kept
    client.get("/cases/")

    assert kept[1] is not None
    assert facets._memory.kept is kept


def test_one_page_leaves_nothing_that_changes_the_counts_of_another() -> None:
    make_library(30, seed=4)
    search.rebuild()
    queries = ["", "q=“电梯”", "year=2020&year=2021", "district=4401&theme=grid&q=“河道”", "kind=brand", "level=city"]
    addresses = [f"/cases/?{query}" for query in queries]
    true = {address: truly_shown(address) for address in addresses}
    facets.forget()

    for address in [*addresses, *reversed(addresses)]:
        assert shown(address) == true[address], address
        Client().get(address.replace("/cases/", "/districts/"))
        Client().get(address.replace("/cases/", "/statistics/"))
