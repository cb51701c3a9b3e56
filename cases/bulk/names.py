"""What the words of a file refer to: districts, vocabularies, organisations, sources and cases by their names."""

from __future__ import annotations

import difflib
from collections import defaultdict
from functools import cached_property
from typing import Any

from cases.bulk.rights import choosable
from cases.models import Case, Organisation, Sector, Source, Theme
from cases.models.source import chinese_date
from districts.models import District, compact_code

NEAR = 3


class Unknown(Exception):
    """A word that refers to nothing, or to several things; says so, and what to do."""


class Names:
    """All names that a curator may refer to, each kind read once, when it is first asked for."""

    def __init__(self, user: Any) -> None:
        self.user = user

    # Districts

    @cached_property
    def districts(self) -> dict[int, tuple[str, str, str]]:
        """Code, name and full name by primary key."""
        return {pk: (code, name, full) for pk, code, name, full in _values(District, "code", "name", "full_name")}

    @cached_property
    def _district_by(self) -> tuple[dict[str, int], dict[str, list[int]], dict[str, list[int]]]:
        codes, full_names, names = {}, defaultdict(list), defaultdict(list)
        for pk, (code, name, full) in self.districts.items():
            codes[code] = pk
            full_names[full].append(pk)
            names[name].append(pk)
        return codes, full_names, names

    def district(self, text: str) -> int:
        """Find a district by code, full name, name if there is but one, or `440104 越秀区`."""
        codes, full_names, names = self._district_by
        code, _, rest = text.partition(" ")
        if code[:1].isdigit():
            pk = codes.get(compact_code(code))
            if pk is None:
                raise Unknown(f"没有代码为“{code}”的区划，请核对代码，或改写全称，如 广东省广州市越秀区")
            if rest.strip() and rest.strip() not in self.districts[pk][1:]:
                raise Unknown(f"代码 {code} 是“{self.districts[pk][2]}”，与“{rest.strip()}”不符，请核对")
            return pk
        found = full_names.get(text) or names.get(text) or []
        if len(found) == 1:
            return found[0]
        if found:
            several = "、".join(f"{self.districts[pk][0]} {self.districts[pk][2]}" for pk in found[:5])
            raise Unknown(f"“{text}”不止一处，请写代码或全称：{several}")
        raise Unknown(f"没有名为“{text}”的区划，请写代码（如 440104）或全称（如 广东省广州市越秀区）")

    # Vocabularies

    @cached_property
    def sectors(self) -> dict[str, int]:
        return {name: pk for pk, name in _values(Sector, "name")}

    @cached_property
    def themes(self) -> dict[str, int]:
        return {name: pk for pk, name in _values(Theme, "name")}

    # Organisations

    @cached_property
    def organisations(self) -> dict[int, str]:
        return {pk: name for pk, name, _, _ in self._bodies}

    @cached_property
    def _bodies(self) -> list[tuple[int, str, str, str]]:
        fields = ("pk", "name", "short_name", "former_names")
        return list(choosable(Organisation, self.user).order_by("pk").values_list(*fields))

    @cached_property
    def _bodies_by(self) -> tuple[dict[str, int], dict[str, set[int]]]:
        names, others = {}, defaultdict(set)
        for pk, name, short, former in self._bodies:
            names[name] = pk
            for other in (short, *former.splitlines()):
                if other.strip():
                    others[other.strip()].add(pk)
        return names, others

    def organisation(self, text: str) -> int:
        """Find an organisation by its name, or by a short or earlier name that only one has."""
        names, others = self._bodies_by
        if text in names:
            return names[text]
        found = sorted(others.get(text, ()))
        if len(found) == 1:
            return found[0]
        if found:
            several = "、".join(self.organisations[pk] for pk in found[:5])
            raise Unknown(f"“{text}”是几个组织的简称或曾用名，请写全称：{several}")
        near = difflib.get_close_matches(text, names, NEAR, 0.75) if len(names) <= 20_000 else []
        hint = f"；相近的有：{'、'.join(near)}" if near else ""
        raise Unknown(f"没有名为“{text}”的组织，请先导入或新建，或改用规范全称{hint}")

    # Sources

    @cached_property
    def sources(self) -> dict[int, str]:
        return {source.pk: str(source) for source in self._told}

    @cached_property
    def _told(self) -> list[Source]:
        return list(choosable(Source, self.user).order_by("pk"))

    @cached_property
    def _sources_by(self) -> tuple[dict[str, int], dict[str, int], dict[tuple[str, str], list[Source]]]:
        keys: dict[str, int] = {}
        addresses: dict[str, int] = {}
        titles: dict[tuple[str, str], list[Source]] = defaultdict(list)
        for source in self._told:
            keys[source.key] = source.pk
            if source.url:
                addresses.setdefault(source.url, source.pk)
            titles[source.publisher, source.title].append(source)
        return keys, addresses, titles

    def source_by_key(self, key: str) -> int | None:
        return self._sources_by[0].get(key)

    def source_like(self, publisher: str, title: str, published: str, url: str) -> int | None:
        """The source that a line tells of: of that address, or of that publisher, title and, if told, date."""
        _, addresses, titles = self._sources_by
        same = titles.get((publisher, title), [])
        if url and url in addresses and any(source.pk == addresses[url] for source in same):
            return addresses[url]
        fitting = [
            source.pk for source in same if published in ("", source.published) and (not url or source.url in ("", url))
        ]
        return fitting[0] if len(fitting) == 1 else None

    # Cases

    @cached_property
    def numbers(self) -> dict[str, int]:
        return dict(choosable(Case, self.user).order_by().values_list("number", "pk"))

    @cached_property
    def _cases(self) -> dict[int, str]:
        return {pk: number for number, pk in self.numbers.items()}

    def told(self, model: Any, pk: Any) -> str:
        """What something is called that is referred to; nothing of what the curator may not see."""
        if isinstance(pk, dict):
            return str(pk.get("new", ""))
        known: dict[Any, Any] = {
            District: lambda: self.districts.get(pk, ("", "", ""))[2],
            Sector: lambda: _turned(self.sectors).get(pk, ""),
            Theme: lambda: _turned(self.themes).get(pk, ""),
            Organisation: lambda: self.organisations.get(pk, ""),
            Source: lambda: self.sources.get(pk, ""),
            Case: lambda: self._cases.get(pk, ""),
        }
        return known[model]() or "（其他管辖范围的）"


def source_line(new: dict[str, str]) -> str:
    """How a source that is still to be made is told."""
    told = (f"{new['publisher']}：《{new['title']}》", new.get("authors", ""), chinese_date(new.get("published", "")))
    return "，".join(filter(None, (*told, new.get("page", ""), new.get("url", ""))))


def _values(model: Any, *fields: str) -> list[Any]:
    return list(model.objects.order_by("pk").values_list("pk", *fields))


def _turned(names: dict[str, int]) -> dict[int, str]:
    return {pk: name for name, pk in names.items()}
