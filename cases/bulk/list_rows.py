"""Rows of award lists, and of their entries in a second sheet."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from cases.bulk import cells, rights
from cases.bulk.cells import Unreadable
from cases.bulk.kinds import KINDS
from cases.bulk.list_records import entry_line, funnel_line
from cases.bulk.names import Unknown
from cases.bulk.records import State
from cases.bulk.rows import Reading, RowReader, Stored, Told, told_source
from cases.bulk.tables import Row, TableFile
from cases.models import AwardEntry, AwardList
from cases.models.qualifier import Qualifier

ENTRIES = "条目"
PLACE = re.compile(r"\d{1,4}[.．、]\s*")
RANK = re.compile(r"第?\s*(\d{1,4})\s*名")
SLUG_IN_ADDRESS = re.compile(r"/awards/([-\w]+)/?$")
FUNNEL_LINE = re.compile(
    r"(?P<stage>[^：:]+)[：:]\s*(?P<before>超过|近|约|至少|不低于)?\s*(?P<count>[\d,]+)\s*(?P<after>多|余)?\s*[件个项]?(?P<upwards>以上)?"
)


class ListRows(RowReader):
    records = KINDS["cases.awardlist"]
    sheet = "榜单"
    texts = ("title", "description", "how_made")
    details = (ENTRIES,)
    ignored = frozenset({"状态"})
    columns = (
        Told(
            "slug",
            "网址代号",
            "小写英文和连字符，据此认出已有的榜单；导出的文件从“网址”认出",
            "示例-guangzhou-2020",
            ("代号",),
            22,
        ),
        Told("title", "名称", "公布时的名称", "2020广州城市治理榜", ("榜单名称",), 36, True),
        Told("year", "年份", "四位数字", "2020", ("年度",), 8, True),
        Told("level", "级别", "从列表中选", "市级", (), 10, True, tuple(AwardList.Level.labels)),
        Told("series", "系列", "历届同一榜单填同一名称；只有一届的留空", "", (), 20),
        Told("organiser", "主办方", "规范全称；来源未载明的留空", "中共广州市越秀区委组织部", (), 30),
        Told(
            "order",
            "排列方式",
            "从列表中选；留空按“不分先后”",
            "不分先后",
            (),
            12,
            False,
            tuple(AwardList.Order.labels),
        ),
        Told("description", "说明", "", "", (), 40),
        Told("how_made", "产生办法", "征集、初选、评审等各环节", "", (), 40),
        Told("funnel", "评选环节", "一行一个：环节：件数", "征集：超过 160 件\n入选：10 件", (), 22),
        Told(
            "entries",
            "条目",
            "xlsx 请填在“条目”表，这里留空；csv 一行一个：名称｜单位｜第1名或等次｜案例编号｜区划",
            "",
            (),
            40,
        ),
        Told("sources", "来源", "一行一个：发布者：标题，日期，网址；或写来源的代号", "", (), 40),
        Told("address", "网址", "导出的文件才有，不必填", "", (), 20),
    )
    entry_columns = (
        Told(
            "list",
            "榜单",
            "所属榜单的网址代号或名称；导出的文件写在“名称”栏",
            "示例-guangzhou-2020",
            ("名称", "网址代号"),
            30,
            True,
        ),
        Told("rank", "名次", "排名榜单才填，数字", "", (), 8),
        Told("tier", "等次", "分等次榜单才填，如：一等奖", "", (), 12),
        Told("title", "公布的名称", "照公布时写", "红苗工程", (), 40, True),
        Told("announced", "公布的单位", "照公布时写", "越秀区委组织部", (), 36),
        Told(
            "organisations",
            "单位现名",
            "库里的组织，几个用顿号隔开；没有的留空",
            "中共广州市越秀区委组织部",
            ("单位",),
            36,
        ),
        Told("district", "区划", "代码或全称", "广东省广州市越秀区", (), 24),
        Told("case", "案例编号", "库里对应的案例", "", ("对应案例",), 12),
        Told("note", "备注", "", "", (), 30),
    )

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        self.entries: dict[str, list[tuple[int, Row]]] = defaultdict(list)
        self.has_entries = False
        self.taken = set(AwardList.objects.values_list("slug", flat=True))
        self.used: set[str] = set()

    def key(self, row: Row) -> str:
        slug = cells.line(self.cell(row, "slug")) if self.has(row, "slug") else ""
        if not slug and self.has(row, "address"):
            match = SLUG_IN_ADDRESS.search(cells.line(self.cell(row, "address")))
            slug = match[1] if match else ""
        return slug

    def find(self, keys: Sequence[str]) -> dict[str, int]:
        return dict(rights.curated(AwardList, self.user).filter(slug__in=keys).order_by().values_list("slug", "pk"))

    def unknown(self, key: str) -> str:
        return "这个网址代号已用于不在您管辖范围的榜单，请换一个" if key in self.taken else ""

    def label(self, row: Row, stored: Stored | None) -> str:
        return (cells.line(self.cell(row, "title")) if self.has(row, "title") else "") or self.key(row)

    def detailed(self, file: TableFile) -> None:
        """Entries by what they call their list: slug, or title."""
        sheet = file.others.get(ENTRIES)
        if sheet is None:
            return
        by_heading = {heading: told.name for told in self.entry_columns for heading in (told.heading, *told.aliases)}
        if not {"list", "title"} <= {by_heading.get(heading) for heading in sheet.headings}:
            raise ValidationError("工作表“条目”要有“榜单”（或“名称”）和“公布的名称”两栏，请下载模板对照")
        self.has_entries = True
        for row in sheet.rows:
            told = Row(row.number, {by_heading[h]: cell for h, cell in row.cells.items() if h in by_heading})
            if not self.is_example(told):
                self.entries[cells.line(told.cells.get("list"))].append((row.number, told))

    def left_over(self) -> list[str]:
        """Entries whose list is not in the file."""
        return [
            f"工作表“条目”第 {rows[0][0]} 行：榜单“{named or '（空）'}”不在“榜单”表里，请核对网址代号或名称"
            for named, rows in self.entries.items()
            if named not in self.used
        ]

    def read_more(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        if slug := self.key(row):
            try:
                reading.values["slug"] = self.plain("slug")(slug)
            except ValidationError as wrong:
                reading.faults.append((self.heading("slug"), "；".join(wrong.messages)))
        for name in ("title", "series"):
            self.take(row, reading, name, self.plain(name))
        self.take(row, reading, "year", self.plain("year", cells.whole_number))
        self.take(row, reading, "level", self.choice("level", AwardList.Level))
        self.take(row, reading, "order", self._order)
        self.take(row, reading, "organiser", lambda value: next(iter(self.bodies(value)), None))
        for name in ("description", "how_made"):
            self.take(row, reading, name, cells.text)
        self.take(row, reading, "funnel", lambda value: self._funnel(value, stored))
        self.take(row, reading, "sources", lambda value: self._sources(value, stored))
        self._take_entries(row, stored, reading)

    def _order(self, value: Any) -> str:
        return self.choice("order", AwardList.Order)(value) if cells.line(value) else AwardList.Order.UNORDERED.value

    def _funnel(self, value: Any, stored: Stored | None) -> list[list[Any]]:
        known = {funnel_line(stage): stage for stage in stored.state["funnel"]} if stored else {}
        return [known.get(told) or _stage(told) for told in cells.lines(value)]

    def _sources(self, value: Any, stored: Stored | None) -> list[Any]:
        known = {" ".join(told_source(one).split()): one.pk for one in stored.row.sources.all()} if stored else {}
        found = self.sources_of(value, known)
        return sorted(one for one in found if isinstance(one, int)) + [one for one in found if isinstance(one, dict)]

    # Entries

    def _take_entries(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        if not self.has_entries:
            self.take(row, reading, "entries", lambda value: self._entry_lines(value, stored))
            return
        slug, title = self.key(row), self.label(row, stored)
        rows = self.entries.get(slug, []) + (self.entries.get(title, []) if title != slug else [])
        self.used |= {slug, title}
        read = []
        for number, told in rows:
            try:
                read.append(self._entry(told.cells, stored))
            except (Unreadable, Unknown) as wrong:
                reading.faults.append((f"条目（第 {number} 行）", str(wrong)))
            except ValidationError as wrong:
                reading.faults.append((f"条目（第 {number} 行）", "；".join(wrong.messages)))
        reading.values["entries"] = read

    def _entry(self, told: dict[str, Any], stored: Stored | None) -> State:
        number = cells.line(told.get("case"))
        case = self.names.numbers.get(number) if number else None
        if number and case is None:
            raise Unknown(f"没有编号为“{number[:20]}”的案例")
        district = cells.line(told.get("district"))
        entry = {
            "title": cells.line(told.get("title")),
            "organisations_as_announced": cells.line(told.get("announced")),
            "rank": cells.whole_number(told.get("rank")),
            "tier": cells.line(told.get("tier")),
            "note": cells.line(told.get("note")),
            "organisations": sorted(self.bodies(told.get("organisations"))),
            "district": self.names.district(district) if district else None,
            "case": case,
        }
        for name in ("title", "organisations_as_announced", "tier", "note", "rank"):
            AwardEntry._meta.get_field(name).clean(entry[name], None)  # type: ignore[union-attr]
        return self._with_hidden_case(entry, told, stored)

    def _with_hidden_case(self, entry: State, told: dict[str, Any], stored: Stored | None) -> State:
        """Exports leave out the number of a case that is not public: an entry that is else the same keeps it."""
        for before in stored.state["entries"] if stored else ():
            if entry["case"] is None and before | {"case": None} == entry:
                return before
        return entry

    def _entry_lines(self, value: Any, stored: Stored | None) -> list[State]:
        before = stored.state["entries"] if stored else []
        known = {" ".join(entry_line(place, entry).split()): entry for place, entry in enumerate(before, start=1)}
        return [known.get(told) or self._told_entry(told, stored) for told in cells.lines(value)]

    def _told_entry(self, told: str, stored: Stored | None) -> State:
        parts = [part.strip() for part in re.split(r"[｜|]", PLACE.sub("", told, count=1))]
        title, announced, standing, number, district = (*parts, "", "", "", "", "")[:5]
        rank = RANK.fullmatch(unicodedata.normalize("NFKC", standing))
        given = {"title": title, "announced": announced, "case": number, "district": district}
        return self._entry(given | ({"rank": rank[1]} if rank else {"tier": standing}), stored)

    # The row as a whole

    def check(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        known = {column for column, _ in reading.faults}
        if not reading.values.get("slug") and self.heading("slug") not in known:
            reading.faults.append((self.heading("slug"), "不能空着：填小写英文和连字符，如 guangzhou-2020"))
        if stored is None:
            for name in ("title", "year", "level"):
                if not reading.values.get(name) and self.heading(name) not in known:
                    reading.faults.append((self.heading(name), "新增的榜单必须填"))
            if self.has(row, "address") and not self.has(row, "slug"):
                reading.faults.append((self.heading("slug"), "没有这个网址的榜单；新增的榜单请加一栏“网址代号”"))
        self._check_ranks(stored, reading)

    def _check_ranks(self, stored: Stored | None, reading: Reading) -> None:
        before: State = stored.state if stored else {}
        entries: Any = reading.values.get("entries", before.get("entries", []))
        order = reading.values.get("order", before.get("order", AwardList.Order.UNORDERED))
        ranks = [entry["rank"] for entry in entries if entry["rank"] is not None]
        if repeated := sorted({rank for rank in ranks if ranks.count(rank) > 1}):
            reading.faults.append((ENTRIES, f"名次重复：{'、'.join(map(str, repeated))}"))
        if order == AwardList.Order.RANKED and len(ranks) < len(entries):
            reading.faults.append((ENTRIES, "排名榜单的每个条目都要有名次"))


def _stage(told: str) -> list[Any]:
    match = FUNNEL_LINE.fullmatch(told)
    if not match:
        raise Unreadable(f"“{told[:30]}”应写成“环节：件数”，如 征集：超过 160 件")
    labels = {str(one.label): str(one.value) for one in Qualifier}
    word = match["before"] or match["after"] or match["upwards"] or ""
    stage = match["stage"].strip()
    if len(stage) > 20:
        raise Unreadable(f"环节“{stage[:20]}”过长，最多 20 字")
    return [stage, labels.get(word, ""), int(match["count"].replace(",", ""))]
