"""How long pages take at the server, through Django's test client, and how many queries to the database."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import search
from cases.models import Case
from tests.bench import stock
from tests.bench.queries import Vocabulary, by_kind, in_turn
from tests.bench.rows import SHARES, Row, Times, counting
from tests.generated import listed

LIST_BAR, CASE_BAR, SEARCH_BAR, FASTER_BAR = 40, 20, 100, 8
# Queries of each kind that the engines alone are asked.
BARE = 5
FILTERS = [{"district": "4401"}, {"district": "4403", "kind": "brand"}, {"year": "2020", "sort": "newest"}]
# Pages without a bar, of things that the shipped library has.
OTHERS = [
    "/",
    "/statistics/",
    "/compare/?case=2020-0007&case=2020-0008",
    "/awards/",
    "/awards/guangzhou-2020-top10/",
    "/organisations/",
    "/districts/",
    "/districts/440100/",
]
TYPED = listed("红 dj hmgc 党建 社区 wangge lou 党群服务 jiazhuang 业")

# Addresses by name, each with the number of queries that it took.
QueryCounts = dict[str, int]


def counted_queries() -> QueryCounts:
    """Count the database queries of pages that are there before a library is enlarged and after."""
    client = Client()
    shipped = Case.objects.visible_to(None).exclude(number__regex=r"-\d{6}$").order_by("number")
    single = [f"/cases/{number}/" for number in shipped.values_list("number", flat=True)[:10]]
    counts = {}
    for address in ["/cases/", *single, *OTHERS]:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts[address] = len(captured)
    return counts


def query_rows(before: QueryCounts, after: QueryCounts) -> list[Row]:
    """A page may take fewer queries in a larger library, never more; which cases are alike makes one or two of them."""
    rows = []
    single = [address for address in before if address not in {"/cases/", *OTHERS}]
    named = {"/cases/": ["/cases/"], "/cases/<number>/": single, **{address: [address] for address in OTHERS}}
    for name, addresses in named.items():
        most = [max(counts[address] for address in addresses) for counts in (before, after)]
        found = f"{most[0]} in the shipped library, {most[1]} here"
        rows.append(Row(f"`{name}` database queries", found, bar="no more than there", holds=most[1] <= most[0]))
    return rows


def judge(row: Row, limit: float, value: float, is_asked: bool) -> Row:
    """Write the bar into a row, if the design sets it for this size."""
    if is_asked:
        row.bar, row.holds = f"p50 < {limit} ms", value < limit
    return row


def visit(client: Client, address: str, parameters: dict[str, Any] | None = None) -> None:
    """Get a page; one that is not answered is not to be counted as a quick one."""
    response = client.get(address, parameters)
    if response.status_code != 200:
        raise RuntimeError(f"{address} {parameters} answered {response.status_code}")


def pages(chance: random.Random, rounds: int, is_asked: bool) -> list[Row]:
    """The list without words, page one to nine, and single cases."""
    client, numbers = Client(), list(Case.objects.visible_to(None).order_by("pk").values_list("number", flat=True))
    listing, single = Times(), Times()
    visit(client, "/cases/")
    visit(client, f"/cases/{numbers[0]}/")
    for _ in range(rounds):
        listing.measure(visit, client, "/cases/", {"page": chance.randint(1, 9)})
        single.measure(visit, client, f"/cases/{chance.choice(numbers)}/")
    first = Row(f"`/cases/` {SHARES}", str(listing), numbers=listing.numbers)
    second = Row(f"`/cases/<number>/` {SHARES}", str(single), numbers=single.numbers)
    return [judge(first, LIST_BAR, listing.p50, is_asked), judge(second, CASE_BAR, single.p50, is_asked)]


def others(rounds: int) -> list[Row]:
    """Pages for which the design sets no bar."""
    client, rows = Client(), []
    for address in OTHERS:
        times = Times()
        visit(client, address)
        for _ in range(rounds):
            times.measure(visit, client, address)
        rows.append(Row(f"`{address}` {SHARES}", str(times), numbers=times.numbers))
    return rows


class Compared:
    """Times of ours and of stock for the same acts; stock may be asked less often."""

    def __init__(self) -> None:
        self.ours, self.stock, self.ours_beside = Times(), Times(), Times()

    @classmethod
    def of(cls, parts: Iterable[Compared]) -> Compared:
        """Return the times of several kinds as one."""
        whole = cls()
        for part in parts:
            whole.add(part)
        return whole

    def ask(self, ours: Callable[[], Any], theirs: Callable[[], Any] | None) -> Any:
        """Do both, the second perhaps not, and return what it returned."""
        self.ours.measure(ours)
        if theirs is None:
            return None
        self.ours_beside.add(self.ours, last=True)
        return self.stock.measure(theirs)

    def add(self, other: Compared, *, last: bool = False) -> None:
        for mine, theirs in zip(self._parts, other._parts, strict=True):
            mine.add(theirs, last=last)

    @property
    def _parts(self) -> tuple[Times, Times, Times]:
        return self.ours, self.stock, self.ours_beside

    @property
    def ratio(self) -> float:
        """How many times our median stock's is, over what both were asked."""
        return self.stock.p50 / self.ours_beside.p50

    @property
    def processor_ratio(self) -> float:
        return self.stock.processor_p50 / self.ours_beside.processor_p50

    def row(self, measure: str) -> Row:
        numbers: dict[str, Any] = {"ours": self.ours.numbers, "stock": self.stock.numbers}
        if self.stock.all:
            numbers |= {"times_as_fast": round(self.ratio, 2), "in_processor_time": round(self.processor_ratio, 2)}
        theirs = f"{self.stock} ({self.ratio:.1f} ×; {self.processor_ratio:.1f} ×)" if self.stock.all else ""
        return Row(f"{measure} {SHARES}", str(self.ours), theirs, numbers=numbers)


def searches(words: Vocabulary, count: int, stock_count: int, is_asked: bool) -> list[Row]:
    """The page of results by kind of query, with facets and highlights; stock does the same work (see `stock`).

    Ours and stock are asked in turn. Stock, being slower, gets the first `stock_count` queries of each kind.
    """
    client, compared, answered = Client(), defaultdict[str, Compared](Compared), Compared()
    kinds = by_kind(words, count + BARE)
    asked = list(in_turn({kind: queries[:count] for kind, queries in kinds.items()}))
    visit(client, "/cases/", {"q": "党建"})
    if stock_count:
        stock.page("党建")
    progress = counting("searches")
    for done, (kind, query) in enumerate(asked):
        progress(done, len(asked))
        theirs = partial(stock.page, query) if len(compared[kind].stock.all) < stock_count else None
        if compared[kind].ask(partial(visit, client, "/cases/", {"q": query}), theirs):
            answered.add(compared[kind], last=True)
    rows = _totals(Compared.of(compared.values()), answered, bool(stock_count), is_asked)
    rows += [compared[kind].row(f"`/cases/?q=`, {kind}") for kind in kinds if kind in compared]
    return [*rows, search_alone([query for queries in kinds.values() for query in queries[count:]], bool(stock_count))]


def _totals(whole: Compared, answered: Compared, with_stock: bool, is_asked: bool) -> list[Row]:
    """All kinds together, and how many times as fast that is; also over what stock finds anything for at all."""
    rows = [judge(whole.row("`/cases/?q=`, all kinds"), SEARCH_BAR, whole.ours.p50, is_asked)]
    if with_stock:
        bar, holds = (f"≥ {FASTER_BAR} ×", whole.ratio >= FASTER_BAR) if is_asked else ("", None)
        found = f"{whole.ratio:.1f} ×; CPU {whole.processor_ratio:.1f} ×"
        rows.append(Row("`/cases/?q=`, times as fast as stock", found, bar=bar, holds=holds))
        rows.append(answered.row("`/cases/?q=`, those for which stock finds anything"))
    return rows


def search_alone(queries: list[str], with_stock: bool) -> Row:
    """The engines without facets, highlights, cases or a page: the first twenty ids."""
    alone, public = Compared(), Case.objects.visible_to(None)
    for query in queries:
        theirs = partial(stock.ids, query, stock.PER_PAGE) if with_stock else None
        alone.ask(partial(search.search, query, public), theirs)
    return alone.row("the search alone: ids, no facets, no page")


def narrowed(queries: Sequence[str], rounds: int) -> Row:
    """Words and filters together: every facet is counted over its own selection."""
    client, times = Client(), Times()
    for place in range(rounds):
        parameters = {"q": queries[place % len(queries)]} | FILTERS[place % len(FILTERS)]
        times.measure(visit, client, "/cases/", parameters)
    return Row(f"`/cases/?q=` with filters on {SHARES}", str(times), numbers=times.numbers)


def suggestions(rounds: int) -> Row:
    """What is suggested while a reader types, if the portal does that."""
    client, times = Client(), Times()
    if client.get("/suggest/", {"q": TYPED[0]}).status_code == 404:
        return Row("`/suggest/?q=`", "not there")
    for place in range(rounds):
        times.measure(visit, client, "/suggest/", {"q": TYPED[place % len(TYPED)]})
    return Row(f"`/suggest/?q=` {SHARES}", str(times), numbers=times.numbers)
