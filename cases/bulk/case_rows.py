"""Rows of cases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from cases.bulk import cells, rights
from cases.bulk.case_records import FIGURE, figure_line
from cases.bulk.cells import Unreadable
from cases.bulk.kinds import KINDS
from cases.bulk.names import Unknown
from cases.bulk.rows import Reading, RowReader, Stored, Told
from cases.bulk.tables import Row
from cases.duplicates.knowing import KnownCases
from cases.duplicates.likeness import Told as ToldCase
from cases.models import Case, Credit, Figure
from cases.models.qualifier import Qualifier
from cases.rich_text import from_plain, plain_text

ROLES = {
    "leads": Credit.Role.LEAD,
    "partners": Credit.Role.PARTNER,
    "reporters": Credit.Role.REPORTER,
    "recommenders": Credit.Role.RECOMMENDER,
}
# 指标：超过 2,500 多名（2020年）; 万 and 亿 belong to the number.
FIGURE_LINE = re.compile(
    r"(?P<indicator>(?:其中[：:])?[^：:]+)[：:]\s*(?P<before>超过|近|约|至少|不低于)?\s*(?P<value>[-+]?[\d,，.．]+\s*[万亿]?)\s*"
    r"(?P<after>多|余)?\s*(?P<unit>[^（()）]*?)(?P<upwards>以上)?\s*(?:[（(](?P<year>\d{4})年?[）)])?"
)
# More than paragraphs and plain lists, which a plain text can hold.
FORMATTED = re.compile(r"<(?!/?(?:p|br|ul|li)\b)")
IN_BRACKETS = re.compile(r"(.+)[（(](协办|报送|推荐)[）)]")


class CaseRows(RowReader):
    records = KINDS["cases.case"]
    sheet = "案例"
    texts = ("title", "brand_name", *Case.SECTIONS)
    ignored = frozenset({"状态", "入选榜单", "勘误", "入库日期", "网址", "许可"})
    columns = (
        Told("number", "编号", "修改已有案例时照填；新增的留空，保存时自动编号", "示例", ("案例编号",), 12),
        Told("title", "标题", "公布时的名称，最多 120 字", "红苗工程：让青年党员下沉社区", (), 36, True),
        Told("kind", "类型", "从列表中选；留空按“创新案例”", "党建品牌", (), 12, False, tuple(Case.Kind.labels)),
        Told("brand_name", "品牌名称", "做法自己的名字，没有的留空", "红苗工程", (), 16),
        Told("year", "年度", "入选榜单或首次公开的年份，四位数字", "2020", ("年份",), 8, True),
        Told("start_year", "开始年份", "来源写明何时开始的才填", "2019", (), 10),
        Told("district_code", "区划代码", "与“区划”填其一即可，如 440104", "440104", (), 12),
        Told("district", "区划", "全称，或省内不重名的名称", "广东省广州市越秀区", ("所在区划",), 24),
        Told("sector", "领域", "从列表中选一个", "城市社区", (), 14),
        Told("themes", "主题", "一个或几个，用顿号隔开；见“可选值”", "党群服务、智慧党建", (), 22),
        Told("part_of", "所属案例", "属于某个大做法的，填那个案例的编号", "", (), 12),
        Told(
            "leads",
            "主办组织",
            "规范全称，几个用顿号隔开；库里要先有这些组织",
            "中共广州市越秀区委组织部",
            ("主办", "主办单位"),
            30,
        ),
        Told("partners", "协办组织", "同上", "", ("协办", "协办单位"), 24),
        Told("reporters", "报送组织", "同上", "", ("报送", "报送单位"), 24),
        Told("recommenders", "推荐组织", "同上", "", ("推荐", "推荐单位"), 24),
        Told("others", "其他组织", "导出的文件用这一栏代替上面三栏：名称（协办）、名称（报送）", "", (), 24),
        Told("summary", "摘要", "一两句话：谁、为了什么、做了什么、结果如何", "越秀区选派青年党员到社区……", (), 50),
        Told("background", "背景与起因", "段落之间空一行（单元格内换行按 Alt+Enter）", "", ("背景",), 40),
        Told("approach", "主要做法", "同上", "", ("做法",), 50),
        Told("results", "工作成效", "同上", "", ("成效",), 40),
        Told("lessons", "经验启示", "同上", "", ("启示",), 40),
        Told(
            "figures",
            "成效数据",
            "一行一个：指标：限定词 数值 单位（年份）",
            "培育青年骨干：超过 160 名（2020年）\n覆盖党员：2.3万名",
            (),
            36,
        ),
        Told(
            "sources",
            "来源",
            "一行一个：发布者：标题，日期，网址；或写来源的代号。库里没有的会新建",
            "南方都市报：党建创新十大案例，2020-11-16，https://example.com/a",
            (),
            40,
        ),
    )

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        self.seen: dict[tuple[str, int], int] = {}

    def key(self, row: Row) -> str:
        return unicodedata.normalize("NFKC", cells.line(self.cell(row, "number"))) if self.has(row, "number") else ""

    def find(self, keys: Sequence[str]) -> dict[str, int]:
        return dict(rights.curated(Case, self.user).filter(number__in=keys).order_by().values_list("number", "pk"))

    def unknown(self, key: str) -> str:
        return f"没有编号为“{key[:20]}”的案例，或它不在您的管辖范围。新增的案例请把编号留空"

    def label(self, row: Row, stored: Stored | None) -> str:
        if stored:
            return str(stored.row)
        return cells.line(self.cell(row, "title")) if self.has(row, "title") else ""

    def read_more(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        for name in ("title", "brand_name"):
            self.take(row, reading, name, self.plain(name))
        self.take(row, reading, "kind", self._kind)
        for name in ("year", "start_year"):
            self.take(row, reading, name, self.plain(name, cells.whole_number))
        self.take_district(row, reading, stored)
        self.take(row, reading, "sector", self.word(self.names.sectors, "领域"))
        self.take(row, reading, "themes", self.words(self.names.themes, "主题"))
        self.take(row, reading, "part_of", lambda value: self._whole(value, stored))
        self.take(row, reading, "summary", cells.text)
        for name in Case.SECTIONS[1:]:
            self.take(row, reading, name, self._section(name))
        self._take_credits(row, stored, reading)
        self.take(row, reading, "figures", lambda value: self._figures(value, stored))
        self.take(row, reading, "sources", lambda value: self._citations(value, stored))
        if "sources" in reading.values:
            reading.values["citations"] = reading.values.pop("sources")
        self._keep_what_reads_the_same(stored, reading)

    def _kind(self, value: Any) -> str:
        return self.choice("kind", Case.Kind)(value) if cells.line(value) else Case.Kind.INNOVATION.value

    def _whole(self, value: Any, stored: Stored | None) -> int | None:
        number = cells.line(value)
        if not number:
            return None
        pk = self.names.numbers.get(number)
        if pk is None:
            raise Unknown(f"没有编号为“{number[:20]}”的案例，请核对“所属案例”的编号")
        if stored:
            above, whole = Case.objects.select_related("part_of").filter(pk=pk).first(), stored.row.pk
            while above is not None:
                if above.pk == whole:
                    raise Unknown("所属案例绕成了圈：所选案例就是它自己，或本身属于这一案例")
                above = above.part_of
        return pk

    def _section(self, name: str) -> Callable[[Any], str]:
        """A file has plain text, whatever it looks like; nothing in it is taken for markup."""
        model_field: Any = Case._meta.get_field(name)
        return lambda value: model_field.clean(from_plain(cells.text(value)), None)

    def _keep_what_reads_the_same(self, stored: Stored | None, reading: Reading) -> None:
        """A section that says what is stored keeps the form that it is stored in."""
        for name in Case.SECTIONS[1:]:
            if not (stored and name in reading.values):
                continue
            before = stored.state[name]
            if cells.text(plain_text(reading.values[name])) == cells.text(plain_text(before)):
                reading.values[name] = before
            elif FORMATTED.search(before):
                reading.warnings.append((self.heading(name), "原文的标题、加粗、表格等格式会变成纯文字"))

    # Credits

    def _take_credits(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        """Each role has a column; a role that the file has no column for stays as it is."""
        given: dict[str, list[int]] = {}
        for name, role in ROLES.items():
            self.take(row, reading, name, self.bodies)
            if name in reading.values:
                given[role] = reading.values.pop(name)
        self.take(row, reading, "others", self._others)
        if others := reading.values.pop("others", None):
            for role, bodies in others.items():
                if given.get(role):
                    label = Credit.Role(role).label
                    reading.faults.append((self.heading("others"), f"与“{label}组织”一栏重复，请只填一处"))
                given[role] = bodies
        if given:
            before = stored.state["credits"] if stored else []
            kept = [[body, role] for body, role in before if role not in given]
            wanted = [[body, role] for role, bodies in given.items() for body in bodies] + kept
            same = stored is not None and sorted(wanted) == sorted(before) and self._in_order(wanted, before)
            reading.values["credits"] = (
                before if same else sorted(wanted, key=lambda pair: list(Credit.Role).index(pair[1]))
            )

    @staticmethod
    def _in_order(wanted: list[list[Any]], before: list[list[Any]]) -> bool:
        return all(
            [body for body, of in wanted if of == role] == [body for body, of in before if of == role]
            for role in Credit.Role.values
        )

    def _others(self, value: Any) -> dict[str, list[int]]:
        roles = {str(role.label): str(role) for role in Credit.Role}
        found: dict[str, list[int]] = {str(role): [] for role in Credit.Role if role != Credit.Role.LEAD}
        for told in cells.names(value):
            match = IN_BRACKETS.fullmatch(told)
            if not match:
                raise Unreadable(f"“{told[:30]}”应写成“名称（协办）”，括号里是协办、报送或推荐")
            found[roles[match[2]]].append(self.names.organisation(match[1].strip()))
        return found

    # Figures and sources: a line that is as it was written stays what it was, with its source and its own words

    def _figures(self, value: Any, stored: Stored | None) -> list[dict[str, Any]]:
        known = {figure_line(figure): figure for figure in stored.state["figures"]} if stored else {}
        found, keys = [], set()
        for told in cells.lines(value):
            figure = known.get(told) or _figure(told)
            key = tuple(figure[name] for name in ("indicator", "unit", "year", "value"))
            if key in keys:
                raise Unreadable(f"“{told[:30]}”列了两次，请删去其一")
            keys.add(key)
            found.append(figure)
        return found

    def _citations(self, value: Any, stored: Stored | None) -> list[list[Any]]:
        known, places = {}, {}
        for citation in stored.row.citations.all() if stored else ():
            known[" ".join(citation.reference.split())] = citation.source_id
            places[citation.source_id] = citation.locator
        return [
            [source, "" if isinstance(source, dict) else places.get(source, "")]
            for source in self.sources_of(value, known)
        ]

    # The row as a whole

    def check(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        known = {column for column, _ in reading.faults}
        if stored is None:
            for name in ("title", "year"):
                if not reading.values.get(name) and self.heading(name) not in known:
                    reading.faults.append((self.heading(name), "新增的案例必须填"))
            self._check_repeated(row, reading)
            self._tell_of_likely_ones(reading)
        elif stored.row.is_published:
            self._check_published(stored, reading, known)
        elif stored.row.status == Case.Status.REVIEW and not reading.values.get("district", stored.row.district_id):
            reading.faults.append((self.heading("district"), "待审的案例要有区划；要清空，请先退回或撤回"))

    def _check_repeated(self, row: Row, reading: Reading) -> None:
        title = cells.folded(reading.values.get("title") or "")
        for body, role in reading.values.get("credits", ()):
            if role != Credit.Role.LEAD or not title:
                continue
            if first := self.seen.get((title, body)):
                reading.faults.append((self.heading("title"), f"与第 {first} 行的标题和主办组织相同，请删去其一"))
                return
            self.seen[title, body] = row.number
            if number := self._titles.get((title, body)):
                reading.faults.append(
                    (self.heading("title"), f"库里已有同一主办组织的同名案例 {number}。要修改它，请填上编号")
                )
                return

    @cached_property
    def _known(self) -> KnownCases:
        return KnownCases(self.user)

    def _tell_of_likely_ones(self, reading: Reading) -> None:
        """Name the case that a new one probably is; it may be one all the same."""
        if reading.faults or not reading.values.get("title"):
            return
        told = reading.values
        leads = frozenset(body for body, role in told.get("credits", ()) if role == Credit.Role.LEAD)
        texts = [told.get("summary") or "", *(plain_text(told.get(name) or "") for name in Case.SECTIONS[1:])]
        found = self._known.like(ToldCase(told["title"], told.get("brand_name") or "", leads, "\n".join(texts)))
        if found:
            advice = "如果是同一个，请填上它的编号，或删去这一行"
            reading.warnings.append((self.heading("title"), f"可能已有：{found.label}（{found.why}）。{advice}"))

    @cached_property
    def _titles(self) -> dict[tuple[str, int], str]:
        """Numbers of the cases that this curator may know of, by title and lead."""
        leads = Credit.objects.filter(role=Credit.Role.LEAD, case__in=rights.choosable(Case, self.user).order_by())
        return {
            (cells.folded(title), body): number
            for title, body, number in leads.values_list("case__title", "organisation", "case__number")
        }

    def _check_published(self, stored: Stored, reading: Reading, known: set[str]) -> None:
        """What a published case may not be without."""
        for name in ("district", "sector", "summary"):
            if name in reading.values and not reading.values[name] and self.heading(name) not in known:
                reading.faults.append((self.heading(name), "已发布的案例不能没有这一项；要清空，请先撤下案例"))
        credits: Any = reading.values.get("credits", stored.state["credits"])
        if not any(role == Credit.Role.LEAD for _, role in credits):
            reading.faults.append((self.heading("leads"), "已发布的案例至少要有一个主办组织"))
        if not reading.values.get("citations", stored.state["citations"]):
            reading.faults.append((self.heading("sources"), "已发布的案例至少要有一个来源"))


def _figure(told: str) -> dict[str, Any]:
    match = FIGURE_LINE.fullmatch(told)
    if not match or not match["unit"].strip() or sum(bool(match[part]) for part in ("before", "after", "upwards")) > 1:
        raise Unreadable(f"“{told[:30]}”应写成“指标：限定词 数值 单位（年份）”，如 培育骨干：超过 160 名（2020年）")
    labels = {str(one.label): str(one.value) for one in Qualifier}
    word = match["before"] or match["after"] or match["upwards"] or ""
    figure = dict.fromkeys(FIGURE) | {
        "indicator": match["indicator"].strip(),
        "qualifier": labels.get(word, ""),
        "value": format(cells.number(match["value"].replace("，", "")).normalize(), "f"),
        "unit": match["unit"].strip(),
        "year": int(match["year"]) if match["year"] else None,
        "as_printed": "",
        "evidence": "",
    }
    if figure["year"] and not 1900 <= figure["year"] <= 2100:
        raise Unreadable(f"“{told[:30]}”的年份应为四位数字，如 2020")
    for name in ("indicator", "unit"):
        Figure._meta.get_field(name).clean(figure[name], None)  # type: ignore[union-attr]
    return figure
