"""Making the index and keeping it fresh: time, memory, and what readers notice meanwhile."""

from __future__ import annotations

import os
import time
from itertools import cycle

from django.test import Client

from cases import search
from cases.models import Case
from tests.bench import stock
from tests.bench.processes import command, report_of, watch
from tests.bench.rows import SHARES, Row, Times, percentile
from tests.builders import make_draft

MEMORY_BAR, FRESH_BAR = 600, 2.0
PATIENCE, PAUSE = 30.0, 0.005


def rebuilds(with_stock: bool, is_asked: bool) -> list[Row]:
    """Build the index, and stock's, each in a process of its own whose memory is watched."""
    tasks = {"ours": {"do": "rebuild"}} | ({"stock": {"do": "rebuild stock"}} if with_stock else {})
    built, peaks = {}, {}
    for who, task in tasks.items():
        printed, peaks[who] = watch(command(task))
        built[who] = report_of(printed)
    rates = {who: report["count"] / report["seconds"] for who, report in built.items()}
    texts = {who: f"{report['seconds']:.1f} s, {rates[who]:.0f} cases/s" for who, report in built.items()}
    memory = {who: f"{peak:.0f} MB" if peak else "the system does not tell" for who, peak in peaks.items()}
    first = Row("rebuild", texts["ours"], texts.get("stock", ""), numbers={who: built[who] for who in built})
    second = Row("rebuild, most memory", memory["ours"], memory.get("stock", ""), numbers=peaks)
    if is_asked:
        second.bar, second.holds = f"< {MEMORY_BAR} MB", 0 < peaks["ours"] < MEMORY_BAR
    return [first, second]


class Reader:
    """Someone who searches all the time and notes every answer that is not what it was before."""

    def __init__(self, queries: list[str]) -> None:
        public = Case.objects.visible_to(None)
        self.client, self.times = Client(raise_request_exception=False), Times()
        self.expected = {query: ids for query in queries if (ids := search.search(query, public).ids)}
        shown = {pk for ids in self.expected.values() for pk in ids[:5]}
        self.numbers = dict(Case.objects.filter(pk__in=shown).values_list("pk", "number"))
        self.queries = cycle(self.expected)
        self.errors = self.empty = self.degraded = self.different = 0

    def ask(self) -> None:
        query = next(self.queries)
        page = self.times.measure(self.client.get, "/cases/", {"q": query})
        html = page.content.decode()
        self.errors += page.status_code != 200
        self.empty += not any(f"/cases/{self.numbers[pk]}/" in html for pk in self.expected[query][:5])
        found = search.search(query, Case.objects.visible_to(None))
        self.degraded += found.degraded
        self.different += sorted(found.ids) != sorted(self.expected[query])

    @property
    def complaints(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("errors", "empty", "degraded", "different")}


def searching_meanwhile(queries: list[str]) -> list[Row]:
    """Search without a break while another process rebuilds; every answer must be as before."""
    reader, before = Reader(queries), search.status().built_at
    watch(command({"do": "rebuild"}), reader.ask)
    is_new = search.status().built_at != before
    complaints = ", ".join(f"{count} {name}" for name, count in reader.complaints.items())
    asked = len(reader.times.all)
    holds = is_new and asked > 0 and not any(reader.complaints.values())
    text = f"{asked} searches: {complaints}" + ("" if is_new else "; no new index came")
    return [
        Row("searches during a rebuild", text, bar="all 0", holds=holds, numbers=reader.complaints | {"asked": asked}),
        Row(f"`/cases/?q=` meanwhile {SHARES}", str(reader.times), numbers=reader.times.numbers),
    ]


def freshness(publications: int, stock_publications: int) -> Row:
    """From the call that publishes until a search finds the case, the thread draining as it does in a web process.

    Stock indexes within the call, as with Haystack's `RealtimeSignalProcessor`.
    """
    ours, theirs = Times(), Times()
    search.wake()
    try:
        for serial in range(publications):
            draft = make_draft(f"新鲜度第{serial}次测量", summary=f"第{serial}次测量用的案例。")
            ours.measure(_publish_and_find, draft)
    finally:
        search.stop()
    for serial in range(stock_publications):
        draft = make_draft(f"旧法第{serial}次测量")
        theirs.measure(_publish_into_stock, draft)
    p99 = percentile(ours.all, 99) / 1000
    row = Row(f"publish → findable {SHARES}", str(ours), str(theirs) if theirs.all else "")
    row.bar, row.holds = f"p99 < {FRESH_BAR:.0f} s", p99 < FRESH_BAR
    row.numbers = {"ours": ours.numbers, "stock": theirs.numbers}
    return row


def _publish_and_find(draft: Case) -> None:
    start = time.monotonic()
    draft.publish(by=None)
    while draft.pk not in search.search(f"“{draft.title}”", Case.objects.visible_to(None)).ids:
        if time.monotonic() - start > PATIENCE:
            break
        time.sleep(PAUSE)


def _publish_into_stock(draft: Case) -> None:
    draft.publish(by=None)
    stock.save(draft)
    stock.finds(draft.title, draft)


def busyness() -> Row:
    """How many processes, this one included, wanted a processor in the last minute; with many, times tell of others."""
    try:
        load, processors = os.getloadavg()[0], os.cpu_count() or 1
    except OSError:
        return Row("load of the machine before", "the system does not tell")
    note = ": others are at work, times are too long" if load > processors + 1 else ""
    text = f"{load:.1f} on {processors} processors{note}"
    return Row("load of the machine before", text, numbers={"load": load, "processors": processors})
