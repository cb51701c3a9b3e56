"""Read the library's data files, and say everything that is wrong with them before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError

from cases.models import AwardList, Case, Credit, Organisation, Source, Term
from cases.models.number import NUMBER_FORM
from cases.models.qualifier import Qualifier
from cases.models.source import validate_partial_date
from districts.models import District

VOCABULARY = "vocabulary.yaml"
TERMS = "terms.yaml"


PARTS = {VOCABULARY: "sectors、themes", TERMS: "terms"}
PARTS_OF_A_DOCUMENT = "source、organisations、cases、award_lists"


class LibraryError(Exception):
    """Some data files cannot be loaded; `problems` has one Chinese line for each fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def value_of(choices: Any, label: str) -> str:
    """Return the stored value of a Chinese label, e.g. 主办 → lead; raise KeyError for an unknown one."""
    return {str(choice.label): str(choice.value) for choice in choices}[label]


@dataclass
class LibraryFile:
    """One source document's records, as read."""

    path: Path
    source: dict[str, Any]
    organisations: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    award_lists: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Library:
    """All data files of a folder."""

    sectors: list[dict[str, Any]]
    themes: list[dict[str, Any]]
    terms: list[Term]
    files: list[LibraryFile]


def read_library(folder: Path) -> Library:
    """Read every data file of a folder; raise LibraryError with all problems of all files."""
    if not (folder / VOCABULARY).is_file():
        raise LibraryError([f"{folder}：没有找到 {VOCABULARY}，请确认这是数据文件所在的文件夹"])
    problems: list[str] = []
    contents = {path: _read(path, problems) for path in sorted(folder.glob("*.yaml"))}
    vocabulary = contents.pop(folder / VOCABULARY)
    terms, faults_of_terms = _terms(contents.pop(folder / TERMS, {}))
    files = [
        LibraryFile(path, **content) for path, content in contents.items() if _has_known_parts(path, content, problems)
    ]
    library = Library(vocabulary.get("sectors", []), vocabulary.get("themes", []), terms, files)
    if not problems:
        problems.extend(_faults(library))
    problems.extend(faults_of_terms)
    if problems:
        raise LibraryError(problems)
    return library


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}：不是有效的 YAML（UTF-8）文件：{' '.join(str(error).split())}")
        return {}
    if not isinstance(content, dict):
        problems.append(f"{path.name}：内容应为若干栏目（{PARTS.get(path.name, PARTS_OF_A_DOCUMENT)}）")
        return {}
    return content


def _has_known_parts(path: Path, content: dict[str, Any], problems: list[str]) -> bool:
    known = {"source": dict, "organisations": list, "cases": list, "award_lists": list}
    wrong = [key for key, part in content.items() if key not in known or not isinstance(part, known[key])]
    problems.extend(f"{path.name}：不认识或形式不对的栏目“{key}”" for key in wrong)
    if content and "source" not in content:
        problems.append(f"{path.name}：缺少来源 source")
    return bool(content) and not wrong and "source" in content


def _terms(content: dict[str, Any]) -> tuple[list[Term], list[str]]:
    """Make the terms of their file, not stored yet; return them, and every fault of the file."""
    problems = [f"{TERMS}：不认识的栏目“{key}”" for key in content if key != "terms"]
    terms: list[Term] = []
    records = content.get("terms", [])
    if not isinstance(records, list):
        return [], [*problems, f"{TERMS}：terms 应为词条的列表"]
    for place, record in enumerate(records, start=1):
        faults = _faults_of_form(record)
        if not faults:
            lines, note = "\n".join(record.get("synonyms") or []), record.get("note") or ""
            term = Term(word=record["word"], synonyms_text=lines, note=note)
            faults = _faults_of_term(term, terms)
            terms.append(term)
        name = record.get("word") if isinstance(record, dict) else None
        problems.extend(f"{TERMS}：词条 {name or f'第 {place} 条'}：{fault}" for fault in faults)
    return terms, problems


def _faults_of_form(record: Any) -> list[str]:
    if not isinstance(record, dict):
        return ["应写成 word、synonyms、note"]
    faults = [f"不认识的栏目“{key}”" for key in record if key not in {"word", "synonyms", "note"}]
    synonyms = record.get("synonyms") or []
    texts = [record.get("word"), record.get("note") or "", *(synonyms if isinstance(synonyms, list) else [])]
    faults += _missing(record, "word")
    if not isinstance(synonyms, list):
        faults.append("synonyms 应为列表")
    faults += [f"“{text}”应为文字，请加引号" for text in texts if text is not None and not isinstance(text, str)]
    return faults


def _faults_of_term(term: Term, others: list[Term]) -> list[str]:
    term.tidy()
    faults = [fault for messages in term.faults(others).values() for fault in messages]
    try:
        term.clean_fields()
    except ValidationError as error:
        faults += error.messages
    return faults


class _Checker:
    """What all files together offer to refer to, and what is wrong with each record."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.sectors = {sector["name"] for sector in library.sectors}
        self.themes = {theme["name"] for theme in library.themes}
        self.organisations = {body.get("name") for file in library.files for body in file.organisations}
        self.numbers = {case.get("number") for file in library.files for case in file.cases}
        self.districts = dict(District.objects.values_list("code", "name"))

    def source(self, source: dict[str, Any]) -> Iterator[str]:
        yield from _missing(source, "key", "kind", "publisher", "title")
        yield from _unknown_label(Source.Kind, source.get("kind"), "来源类型")
        try:
            validate_partial_date(str(source.get("published") or "2000"))
        except ValidationError as error:
            yield error.messages[0]

    def organisation(self, body: dict[str, Any]) -> Iterator[str]:
        yield from _missing(body, "name", "kind")
        yield from _unknown_label(Organisation.Kind, body.get("kind"), "组织类别")
        yield from self.district(body.get("district"))
        yield from self._known(self.organisations, [body.get("parent")], "上级组织")

    def case(self, case: dict[str, Any]) -> Iterator[str]:
        yield from _missing(case, "number", "title", "kind", "district", "sector", "credits", "summary")
        if not NUMBER_FORM.fullmatch(str(case.get("number"))):
            yield "编号应如 2020-0007"
        yield from _unknown_label(Case.Kind, case.get("kind"), "类型")
        yield from self.district(case.get("district"))
        yield from self._known(self.sectors, [case.get("sector")], "领域")
        yield from self._known(self.themes, case.get("themes") or [], "主题")
        yield from self._known(self.numbers, [case.get("part_of")], "所属案例")
        yield from self._known(self.organisations, [c.get("organisation") for c in case.get("credits") or []], "组织")
        roles = [credit.get("role") for credit in case.get("credits") or []]
        for role in roles:
            yield from _unknown_label(Credit.Role, role, "角色")
        if "主办" not in roles:
            yield "至少要有一个主办组织"
        for figure in case.get("figures") or []:
            yield from _missing(figure, "indicator", "value", "unit")
            yield from _unknown_label(Qualifier, figure.get("qualifier"), "限定词")
            if not isinstance(figure.get("value"), int | float):
                yield f"成效数据“{figure.get('indicator')}”的数值应为数字"

    def award_list(self, award_list: dict[str, Any]) -> Iterator[str]:
        yield from _missing(award_list, "slug", "title", "year", "level", "order")
        yield from _unknown_label(AwardList.Level, award_list.get("level"), "级别")
        yield from _unknown_label(AwardList.Order, award_list.get("order"), "排列方式")
        yield from self._known(self.organisations, [award_list.get("organiser")], "主办方")
        series = award_list.get("series") or ""
        if not isinstance(series, str) or len(series) > AwardList.SERIES_LENGTH:
            yield f"系列 series 应为不超过 {AwardList.SERIES_LENGTH} 个字的名称"
        for entry in award_list.get("entries") or []:
            yield from _missing(entry, "title")
            yield from self._known(self.organisations, entry.get("organisations") or [], "组织")
            yield from self._known(self.numbers, [entry.get("case")], "对应案例")
            yield from self.district(entry.get("district"))

    def district(self, text: str | None) -> Iterator[str]:
        """Districts are written `440104 越秀区`, so that code and name vouch for each other."""
        if text is None:
            return
        match = re.fullmatch(r"(\w+) (\S+)", str(text))
        if not match:
            yield f"区划“{text}”应写成代码、空格、名称，如 440104 越秀区"
        elif self.districts.get(match[1]) != match[2]:
            yield f"区划“{text}”与区划表不符（该代码为：{self.districts.get(match[1], '无')}）"

    def _known(self, known: set[Any], names: list[Any], what: str) -> Iterator[str]:
        yield from (f"{what}“{name}”没有定义" for name in names if name is not None and name not in known)


def _faults(library: Library) -> Iterator[str]:
    checker = _Checker(library)
    for file in library.files:
        name = file.path.name
        yield from (f"{name}：来源：{fault}" for fault in checker.source(file.source))
        for body in file.organisations:
            yield from (f"{name}：组织 {body.get('name')}：{fault}" for fault in checker.organisation(body))
        for case in file.cases:
            yield from (f"{name}：案例 {case.get('number')}：{fault}" for fault in checker.case(case))
        for award in file.award_lists:
            yield from (f"{name}：榜单 {award.get('slug')}：{fault}" for fault in checker.award_list(award))
    yield from _repeated([str(case.get("number")) for file in library.files for case in file.cases], "案例编号")
    yield from _repeated([str(a.get("slug")) for file in library.files for a in file.award_lists], "榜单代号")


def _repeated(values: list[str], what: str) -> Iterator[str]:
    yield from (f"{what} {value} 出现了不止一次" for value in sorted({v for v in values if values.count(v) > 1}))


def _missing(record: dict[str, Any], *keys: str) -> Iterator[str]:
    yield from (f"缺少 {key}" for key in keys if record.get(key) in (None, "", []))


def _unknown_label(choices: Any, label: str | None, what: str) -> Iterator[str]:
    labels = [str(choice.label) for choice in choices]
    if label is not None and label not in labels:
        yield f"{what}“{label}”不在可选之列：{'、'.join(labels)}"
