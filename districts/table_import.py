"""Bring the districts to the state of an official table, all of it or nothing."""

from __future__ import annotations

import codecs
import csv
import gzip
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from districts.models import CODE_FORM, District, codes_above, compact_code, full_names_changed

COLUMNS = {"code": "code", "代码": "code", "name": "name", "名称": "name"}
GZIP_MAGIC = b"\x1f\x8b"
REPLACEMENT = "\ufffd"
INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})  # Unicode categories: control, format, line and paragraph separators
SHOWN = 20
BATCH = 1000

Progress = Callable[[int, int], None]


class TableError(Exception):
    """The table cannot be imported; `problems` has one Chinese line for each fault, in the file's order."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Row:
    line: int
    code: str
    name: str


@dataclass(frozen=True)
class Problem:
    line: int
    text: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.text}"


@dataclass(frozen=True)
class Columns:
    """Where the header has what is read; `width` is its number of cells."""

    code: int
    name: int
    width: int


@dataclass(frozen=True)
class State:
    """What an import may change of a district."""

    name: str
    full_name: str
    level: str
    parent: str
    is_former: bool

    @classmethod
    def of(cls, district: District) -> State:
        above = district.parent.code if district.parent else ""
        return cls(district.name, district.full_name, district.level, above, district.is_former)


class Changes:
    """What differs between the districts before an import, by code, and after."""

    def __init__(self, before: dict[str, State], districts: dict[str, District]) -> None:
        self.before = before
        after = [districts[code] for code in sorted(districts)]
        known = [district for district in after if district.code in before]
        self.added = [district for district in after if district.code not in before]
        self.updated = [district for district in known if State.of(district) != before[district.code]]
        self.renamed = [d for d in self.updated if d.name != before[d.code].name]
        self.retired = [d for d in self.updated if d.is_former and not before[d.code].is_former]
        self.restored = [d for d in self.updated if before[d.code].is_former and not d.is_former]

    def lines(self) -> Iterator[str]:
        """Tell what changed, in Chinese: the numbers, then the districts themselves, long lists cut short."""
        counted = {"新增": self.added, "更名": self.renamed, "撤销": self.retired, "恢复": self.restored}
        yield "，".join(f"{act} {len(districts)} 个" for act, districts in counted.items())
        if adjusted := len(self.updated) - len({d.code for d in (*self.renamed, *self.retired, *self.restored)}):
            yield f"另有 {adjusted} 个区划的上级、级别或全称随之更新"
        for act, districts in counted.items():
            if districts:
                yield f"{act}："
            yield from (f"  {self._line(district)}" for district in districts[:SHOWN])
            if len(districts) > SHOWN:
                yield f"  ……共 {len(districts)} 个，只列出前 {SHOWN} 个"

    def _line(self, district: District) -> str:
        name = district.full_name
        if district.is_placeholder:  # whose full name is that of its parent
            name += f"（{district.name}）"
        if (was := self.before.get(district.code)) and was.name != district.name:
            name += f"（原名：{was.name}）"
        return f"{district.code} {name}"


def import_table(path: Path, *, progress: Progress = lambda done, total: None) -> Changes:
    """Add, rename, retire and restore districts as a CSV or CSV.gz file of codes and names says.

    A code has vanished if the file lists others of its parent and level but not it; no district is deleted. Raises
    TableError with every fault of the file, and then nothing is stored. `progress` gets (rows written, rows to write).
    """
    rows, problems = read_table(path)
    with transaction.atomic():
        districts = {district.code: district for district in District.objects.select_for_update()}
        problems += _orphans(rows, districts)
        if problems:
            raise TableError(*(str(problem) for problem in sorted(problems, key=lambda problem: problem.line)))
        _link(districts)
        before = {code: State.of(district) for code, district in districts.items()}
        _take_over(rows, districts)
        _derive(districts)
        _retire(rows, districts)
        changes = Changes(before, districts)
        _store(changes, progress)
    return changes


def read_table(path: Path) -> tuple[dict[str, Row], list[Problem]]:
    """Read a table's rows by compact code, and what is wrong with them; raise TableError if it is no table at all."""
    lines = list(_lines(_content(path)))
    if not lines:
        raise TableError("文件是空的，请换成有 code,name 两列的区划表")
    columns = _columns(lines[0][1])
    if len(lines) == 1:
        raise TableError("文件只有表头，没有区划，请换成完整的区划表")
    rows: dict[str, Row] = {}
    problems: list[Problem] = []
    for number, cells in lines[1:]:
        row = _row(number, cells, columns)
        first = rows.setdefault(row.code, row)
        texts = [*_faults(cells, row, columns), *_contradictions(row, first)]
        problems += [Problem(number, text) for text in texts]
    return rows, problems


def _content(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise TableError("没有这个文件，请检查路径") from error
    except OSError as error:
        raise TableError("文件读不出来，请检查它是不是文件、当前账号有没有读取权限") from error
    if path.suffix == ".gz" or data.startswith(GZIP_MAGIC):
        try:
            return gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise TableError("不是完好的 gzip 文件，请重新取得，或解压后用 .csv 文件导入") from error
    return data


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of every line that is not blank; a line of broken quotes has no cells.

    Lines are parsed one by one, so that a stray quotation mark spoils its own line and not all that follow.
    """
    raw_lines = data.splitlines()
    encoding = _encoding(data, raw_lines)
    for number, raw in enumerate(raw_lines, 1):
        line = raw.decode(encoding, errors="replace").removeprefix("\ufeff")
        try:
            cells = next(csv.reader([line], strict=True, skipinitialspace=True)) or [""]
        except csv.Error:
            cells = []
        if not cells or any(cell.strip() for cell in cells):
            yield number, [cell.strip() for cell in cells]


def _encoding(data: bytes, raw_lines: list[bytes]) -> str:
    """Tell UTF-8 from GB18030, which decodes nearly anything: a few damaged lines leave a UTF-8 table what it is."""
    telling = [line for line in raw_lines if not line.isascii()]
    readable = sum(REPLACEMENT not in line.decode(errors="replace") for line in telling)
    return "utf-8" if data.startswith(codecs.BOM_UTF8) or 2 * readable >= len(telling) else "gb18030"


def _columns(header: list[str]) -> Columns:
    found = [COLUMNS.get(cell.lower(), "") for cell in header]
    for column, label in (("code", "code（代码）"), ("name", "name（名称）")):
        if found.count(column) != 1:
            fault = "没有" if column not in found else "有不止一个"
            raise TableError(f"表头{fault}“{label}”列；第一行应为列名 code,name，Excel 文件请另存为“CSV UTF-8”再导入")
    return Columns(found.index("code"), found.index("name"), len(header))


def _row(number: int, cells: list[str], columns: Columns) -> Row:
    """Read a row, damaged or not: what is below it should not be called an orphan because of its own damage."""
    padded = cells + [""] * columns.width
    return Row(number, compact_code(padded[columns.code].upper()), padded[columns.name])


def _faults(cells: list[str], row: Row, columns: Columns) -> Iterator[str]:
    if not cells:
        yield "引号不成对，或单元格内有换行，请改正"
    elif len(cells) != columns.width:
        yield f"有 {len(cells)} 个单元格，表头有 {columns.width} 个，请检查逗号和引号"
    elif REPLACEMENT in "".join(cells):
        yield "有无法解码的字节，请把文件另存为 UTF-8 编码，并核对这一行"
    else:
        if not CODE_FORM.fullmatch(row.code):
            yield (
                f"代码“{cells[columns.code]}”有误，应为 2、4、6 或 9 位数字"
                "（可补零到 6 位或 12 位），功能区为上级代码加 F 和两位数字，请改正"
            )
        yield from _name_faults(row.name)


def _name_faults(name: str) -> Iterator[str]:
    if not name:
        yield "名称为空，请填写，或删去这一行"
    if len(name) > District.NAME_LENGTH:
        yield f"名称有 {len(name)} 个字，最多 {District.NAME_LENGTH} 个，请核对"
    if any(unicodedata.category(character) in INVISIBLE for character in name):
        yield "名称含有看不见的字符，请重新键入"


def _contradictions(row: Row, first: Row) -> Iterator[str]:
    if row.code and row.name != first.name:
        yield f"代码 {row.code} 在第 {first.line} 行已有，名称却是“{first.name}”，这里是“{row.name}”，请只留一个"


def _orphans(rows: dict[str, Row], districts: dict[str, District]) -> Iterator[Problem]:
    known = rows.keys() | districts.keys()
    for row in rows.values():
        above = codes_above(row.code)
        if above and CODE_FORM.fullmatch(row.code) and _parent_code(row.code, known) is None:
            yield Problem(row.line, f"文件和区划库中都没有它的上级 {above[-1]}，请补上上级，或改正代码")


def _parent_code(code: str, known: Collection[str]) -> str | None:
    """Return the nearest code above that exists; a zone's name for its parent is taken at its word."""
    above = codes_above(code)[::-1]
    return next((candidate for candidate in (above[:1] if "F" in code else above) if candidate in known), None)


def _link(districts: dict[str, District]) -> None:
    """Let every district have its parent at hand without a query."""
    by_pk = {district.pk: district for district in districts.values()}
    for district in districts.values():
        if district.parent_id:
            district.parent = by_pk[district.parent_id]


def _take_over(rows: dict[str, Row], districts: dict[str, District]) -> None:
    for code, row in rows.items():
        district = districts.setdefault(code, District(code=code))
        district.name = row.name
        district.is_former = False


def _derive(districts: dict[str, District]) -> None:
    """Set what follows from the code and the names above: level, parent, full name."""
    for code in sorted(districts):
        district, above = districts[code], _parent_code(code, districts.keys())
        district.level = District.level_of(code)
        district.parent = districts[above] if above else district.parent
        district.full_name = district.composed_name()


def _retire(rows: dict[str, Row], districts: dict[str, District]) -> None:
    """Mark what has vanished, and the divisions below it; zones are ours, and go only where the file lists zones."""
    listed = _listed_groups(rows, districts)
    vanished = {code for code in districts.keys() - rows.keys() if _group(districts[code]) in listed}
    for code, district in districts.items():
        falls_with = district.level != District.Level.ZONE and not vanished.isdisjoint(codes_above(code))
        if code in vanished or falls_with:
            district.is_former = True


def _group(district: District) -> tuple[str, str]:
    """Siblings have this in common."""
    return (district.parent.code if district.parent else "", district.level)


def _listed_groups(rows: dict[str, Row], districts: dict[str, District]) -> set[tuple[str, str]]:
    """Return the groups of siblings that the file means to list in full.

    Three kinds of row do not mean that siblings they come without are gone: a province; a row with all others above
    or below it (广东省 and 广州市 at the head of a file of 广州市); a row whose absent siblings have rows below them in
    the file (东莞市 among the counties of 广东省: the statisticians give it a county's code).
    """
    with_rows_below = {above for code in rows for above in codes_above(code)}
    heads = {code for code in with_rows_below & rows.keys() if all(_in_line(code, other) for other in rows)}
    patchy = {_group(districts[code]) for code in with_rows_below - rows.keys() if code in districts}
    listed = {_group(districts[code]) for code in rows if code not in heads}
    return {group for group in listed - patchy if group[1] != District.Level.PROVINCE}


def _in_line(code: str, other: str) -> bool:
    return code.startswith(other) or other.startswith(code)


def _store(changes: Changes, progress: Progress) -> None:
    """Write level by level, because a row needs the key of its parent."""
    done, total = 0, len(changes.added) + len(changes.updated)
    for level in District.Level:
        added = [district for district in changes.added if district.level == level]
        for start in range(0, len(added), BATCH):
            done += len(District.objects.bulk_create(added[start : start + BATCH]))
            progress(done, total)
    for start in range(0, len(changes.updated), BATCH):
        batch = changes.updated[start : start + BATCH]
        done += District.objects.bulk_update(batch, ["name", "full_name", "level", "parent", "is_former"])
        progress(done, total)
    if renamed := [d for d in changes.updated if d.full_name != changes.before[d.code].full_name]:
        full_names_changed.send(District, districts=renamed)
