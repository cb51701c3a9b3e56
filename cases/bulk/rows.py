"""Make a plan of one row of a file: what it says, what of it is wrong, and what it would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError

from cases.bulk import cells, rights
from cases.bulk.cells import Unreadable
from cases.bulk.names import Names, Unknown
from cases.bulk.records import Records, State
from cases.bulk.tables import Row, TableFile
from cases.models import Source
from cases.models.source import chinese_date

EXAMPLE = "示例"


@dataclass
class Reading:
    """What one row says. `faults` and `warnings` are pairs of a column and a sentence."""

    values: State = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Stored:
    """The record that a row is about, as it is now."""

    row: Any
    state: State
    may_change: bool


@dataclass(frozen=True)
class Told:
    """A column of a file: its heading, other headings it may have, what the template says of it, and an example."""

    name: str
    heading: str
    help: str
    example: str = ""
    aliases: Sequence[str] = ()
    width: int = 16
    is_required: bool = False
    choices: Sequence[str] = ()


class RowReader:
    """Reads the rows of one kind of record for one curator."""

    records: Records
    columns: Sequence[Told]
    sheet: str
    details: Sequence[str] = ()
    ignored: frozenset[str] = frozenset()
    # Fields of running text, which are repaired; names by which records are found stay as they are written.
    texts: Sequence[str] = ()
    # Whether a record may be filed above the curator's districts, too.
    reaches_above = False

    def __init__(self, user: Any) -> None:
        self.user = user
        self.names = Names(user)
        self.covers = lru_cache(maxsize=None)(lambda district: rights.covers(user, district, above=self.reaches_above))
        self.by_heading = {heading: column for column in self.columns for heading in (column.heading, *column.aliases)}

    # What differs from kind to kind

    def key(self, row: Row) -> str:
        """What tells which record a row is about, as it is written; empty for a new one."""
        raise NotImplementedError

    def find(self, keys: Sequence[str]) -> dict[str, int]:
        """Primary keys of the records with these keys that the desk shows this curator."""
        raise NotImplementedError

    def unknown(self, key: str) -> str:
        """What is wrong with a key that no record has; nothing if such a row is a new record."""
        return ""

    def label(self, row: Row, stored: Stored | None) -> str:
        raise NotImplementedError

    def detailed(self, file: TableFile) -> None:
        """Read what hangs on the rows from other sheets."""

    def left_over(self) -> list[str]:
        """What other sheets have that hangs on no row, a sentence each."""
        return []

    def read_more(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        """Read the columns that are no plain field."""

    def check(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        """Look at the row as a whole, and beside the rows before and the library."""

    # What is common

    def check_headings(self, headings: Sequence[str]) -> list[str]:
        """Say which columns are not read; raise ValidationError where the file cannot be meant."""
        known = {self.by_heading[heading].name for heading in headings if heading in self.by_heading}
        if not known:
            raise ValidationError(
                f"没有认出任何栏目。第一行应为栏目名称，如“{'”“'.join(c.heading for c in self.columns[:4])}”，"
                "请下载模板对照"
            )
        twice = [
            column.heading
            for column in self.columns
            if len({h for h in headings if h in (column.heading, *column.aliases)}) > 1
        ]
        if twice:
            raise ValidationError(f"“{'”“'.join(twice)}”有不止一列（名称不同、意思相同），请删去其一后再传")
        strange = [h for h in headings if h and h not in self.by_heading and h not in self.ignored]
        passed = [h for h in headings if h in self.ignored]
        told = [f"不认识的栏目，没有读取：{'、'.join(strange[:20])}"] if strange else []
        return told + ([f"导出文件里的这些栏目不能导入，没有读取：{'、'.join(passed)}"] if passed else [])

    def cell(self, row: Row, name: str) -> Any:
        """The cell of a column under whichever of its headings; raise KeyError where the file has no such column."""
        for heading, value in row.cells.items():
            column = self.by_heading.get(heading)
            if column and column.name == name:
                return value
        raise KeyError(name)

    def has(self, row: Row, name: str) -> bool:
        return any(self.by_heading[h].name == name for h in row.cells if h in self.by_heading)

    def heading(self, name: str) -> str:
        return next((column.heading for column in self.columns if column.name == name), "")

    def is_example(self, row: Row) -> bool:
        first = next(iter(row.cells.values()), "")
        return isinstance(first, str) and first.strip().startswith(EXAMPLE)

    def read(self, row: Row, stored: Stored | None) -> Reading:
        reading = Reading()
        self.read_more(row, stored, reading)
        if stored and not stored.may_change:
            reading.faults.append(("", "您不能修改这一条：它已公开或不在草稿状态，或者不在您的管辖范围，请联系审核员"))
        self.check(row, stored, reading)
        return reading

    def take(self, row: Row, reading: Reading, name: str, parse: Callable[[Any], Any]) -> None:
        """Read one column where the file has it, and note what is wrong with it."""
        if not self.has(row, name):
            return
        try:
            reading.values[name] = parse(self.cell(row, name))
        except (Unreadable, Unknown) as wrong:
            reading.faults.append((self.heading(name), str(wrong)))
        except ValidationError as wrong:
            reading.faults.append((self.heading(name), "；".join(wrong.messages)))

    def plain(self, name: str, convert: Callable[[Any], Any] = cells.line) -> Callable[[Any], Any]:
        """Parse a cell as the model's own field has it."""
        model_field = self.records.model._meta.get_field(name)

        def parse(value: Any) -> Any:
            given = convert(value)
            return given if given is None and model_field.null else model_field.clean(given, None)

        return parse

    def choice(self, name: str, choices: Any) -> Callable[[Any], Any]:
        labels: Mapping[str, str] = {str(one.label): str(one.value) for one in choices}

        def parse(value: Any) -> str:
            told = cells.line(value)
            if told not in labels:
                raise Unreadable(f"“{told[:20]}”不在可选之列：{'、'.join(labels)}" if told else "不能空着")
            return labels[told]

        return parse

    def word(self, words: Mapping[str, int], what: str) -> Callable[[Any], int | None]:
        def parse(value: Any) -> int | None:
            told = cells.line(value)
            if told and told not in words:
                raise Unknown(f"没有名为“{told[:20]}”的{what}，可选：{'、'.join(words)}")
            return words[told] if told else None

        return parse

    def words(self, words: Mapping[str, int], what: str) -> Callable[[Any], list[int]]:
        one = self.word(words, what)
        return lambda value: sorted(pk for told in cells.names(value) if (pk := one(told)) is not None)

    def take_district(self, row: Row, reading: Reading, stored: Stored | None) -> None:
        """Code and name vouch for each other where a file has both, as exports do."""

        def parse(value: Any) -> int | None:
            told = cells.line(value)
            code = cells.line(self.cell(row, "district_code")) if self.has(row, "district_code") else ""
            if not (told or code):
                return None
            found = self.names.district(code or told)
            if told and code and found != self.names.district(told):
                raise Unknown(
                    f"代码 {code} 是“{self.names.districts[found][2]}”，与“{told}”不符，请改正其一，或清空一栏"
                )
            return found

        name = "district" if self.has(row, "district") else "district_code"
        self.take(row, reading, name, parse)
        if name in reading.values:
            reading.values["district"] = reading.values.pop(name)
            moved = stored is None or stored.state["district"] != reading.values["district"]
            if moved and not self.covers(reading.values["district"]):
                reading.faults.append((self.heading("district"), "不在您的管辖范围，请改为您管辖的区划"))

    def bodies(self, value: Any) -> list[int]:
        """Organisations by their names in a row; a name that itself has a separator is taken whole."""
        whole = cells.line(value)
        try:
            return [self.names.organisation(whole)] if whole else []
        except Unknown:
            told = cells.names(value)
            if len(told) == 1:
                raise
        return list(dict.fromkeys(self.names.organisation(one) for one in told))

    def source(self, told: str) -> int | dict[str, Any]:
        """The source that a line tells of: by key, or “发布者：标题，日期，网址”, new where there is none such."""
        if (pk := self.names.source_by_key(told)) is not None:
            return pk
        publisher, colon, rest = told.replace(":http", "\0http").partition("：")
        rest = rest.replace("\0http", ":http")
        if not colon or not publisher.strip():
            raise Unreadable(f"来源“{told[:30]}”应写成“发布者：标题，日期，网址”，或写来源的代号")
        if rest.startswith("《") and "》" in rest:
            title, _, after = rest[1:].rpartition("》") if rest.count("《") > 1 else rest[1:].partition("》")
            parts = [part.strip() for part in after.strip("，").split("，")]
        else:
            title, *parts = [part.strip() for part in rest.replace(",", "，").split("，")]
        new = {"publisher": publisher.strip(), "title": title.strip("《》 "), "published": "", "url": ""}
        for part in filter(None, parts):
            if part.startswith(("http://", "https://")):
                new["url"] = part
            elif date := cells.partial_date(part):
                new["published"] = date
            else:
                name = "page" if any(sign in part for sign in "版页期") else "authors"
                new[name] = "，".join(filter(None, (new.get(name, ""), part)))
        found = self.names.source_like(new["publisher"], new["title"], new["published"], new["url"])
        if found is not None:
            return found
        new["kind"] = Source.Kind.WEBPAGE if new["url"] else Source.Kind.NEWSPAPER
        Source(key="new", **new).clean_fields(exclude=["note"])
        return {"new": new}

    def sources_of(self, value: Any, known: Mapping[str, Any]) -> list[Any]:
        """The sources of a cell, one a line or with ； between; a line that is as it was written stays what it was."""
        found: list[Any] = []
        for one in (part for line in cells.lines(value) for part in line.split("；")):
            told = one.strip()
            if told:
                source = known[told] if told in known else self.source(told)
                if source not in found:
                    found.append(source)
        return found


def told_source(source: Source, locator: str = "") -> str:
    """A source as exports write it in a cell."""
    told = (f"{source.publisher}：《{source.title}》", source.authors, chinese_date(source.published))
    return "，".join(filter(None, (*told, source.page, locator, source.url)))
