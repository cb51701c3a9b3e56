"""Rows of organisations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from cases.bulk import cells, rights
from cases.bulk.kinds import KINDS
from cases.bulk.names import Unknown
from cases.bulk.rows import Reading, RowReader, Stored, Told
from cases.bulk.tables import Row
from cases.duplicates.knowing import KnownBodies
from cases.models import Organisation
from districts.models import District


class OrganisationRows(RowReader):
    records = KINDS["cases.organisation"]
    sheet = "组织"
    texts = ("short_name",)
    ignored = frozenset({"状态", "已发布案例数", "网址"})
    reaches_above = True
    columns = (
        Told(
            "name",
            "名称",
            "规范全称，据此认出已有的组织；改名请在网页上改",
            "示例：中共广州市越秀区委组织部",
            ("组织名称",),
            36,
            True,
        ),
        Told("short_name", "简称", "没有的留空", "越秀区委组织部", (), 18),
        Told("kind", "类别", "从列表中选", "组织部", (), 12, True, tuple(Organisation.Kind.labels)),
        Told("former_names", "曾用名", "几个用顿号隔开，或一行一个", "", (), 30),
        Told("parent", "上级组织", "规范全称；可以是同一文件里的组织", "中共广州市委组织部", ("上级",), 36),
        Told("district_code", "区划代码", "与“所在区划”填其一即可", "440104", (), 12),
        Told("district", "所在区划", "全称，或省内不重名的名称", "广东省广州市越秀区", ("区划",), 24),
    )

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        self.superiors: dict[str, str] = {}
        # Names that a new organisation may not take: whose they are.
        self.taken: dict[str, str] = {}
        for name, short, former in Organisation.objects.values_list("name", "short_name", "former_names"):
            for other in (short, *former.splitlines()):
                self.taken.setdefault(other.strip(), name)
        self.all_names = set(Organisation.objects.values_list("name", flat=True))
        self.in_file: set[str] = set()

    def key(self, row: Row) -> str:
        return cells.line(self.cell(row, "name")) if self.has(row, "name") else ""

    def find(self, keys: Sequence[str]) -> dict[str, int]:
        return dict(rights.curated(Organisation, self.user).filter(name__in=keys).order_by().values_list("name", "pk"))

    def unknown(self, key: str) -> str:
        return "已有同名的组织，但不在您的管辖范围，不能修改。请从文件中删去这一行" if key in self.all_names else ""

    def label(self, row: Row, stored: Stored | None) -> str:
        return self.key(row)

    def read_more(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        for name in ("name", "short_name"):
            self.take(row, reading, name, self.plain(name))
        self.take(row, reading, "kind", self.choice("kind", Organisation.Kind))
        self.take(row, reading, "former_names", lambda value: "\n".join(cells.names(value)))
        self.take(row, reading, "parent", self._parent)
        self.take_district(row, reading, stored)

    def _parent(self, value: Any) -> Any:
        told = cells.line(value)
        if not told:
            return None
        try:
            return self.names.organisation(told)
        except Unknown:
            if told in self.in_file:
                return {"new": told}
            raise

    def check(self, row: Row, stored: Stored | None, reading: Reading) -> None:
        name = self.key(row)
        known = {column for column, _ in reading.faults}
        if not name:
            if self.heading("name") not in known:
                reading.faults.append((self.heading("name"), "不能空着"))
            return
        if stored is None:
            if not reading.values.get("kind") and self.heading("kind") not in known:
                reading.faults.append((self.heading("kind"), "新增的组织必须填类别"))
            if owner := self.taken.get(name):
                visible = owner in self.names.organisations.values()
                whose = f"“{owner}”的" if visible else "另一组织的"
                reading.faults.append(
                    (self.heading("name"), f"“{name}”是{whose}简称或曾用名，不能另建。请改写那个组织的全称")
                )
        if stored is None and not reading.faults:
            self._tell_of_likely_ones(name, reading)
        if self._goes_round(name, reading):
            reading.faults.append((self.heading("parent"), "上级组织绕成了圈：所填上级在本组织之下，或就是它自己"))

    @cached_property
    def _known(self) -> KnownBodies:
        return KnownBodies(self.user)

    @cached_property
    def _codes(self) -> dict[int | None, str]:
        return dict(District.objects.values_list("pk", "code"))

    def _tell_of_likely_ones(self, name: str, reading: Reading) -> None:
        """Name the organisation that a new one probably is; it may be one all the same."""
        code = self._codes.get(reading.values.get("district"), "")
        for one in filter(None, (name, reading.values.get("short_name"))):
            if found := self._known.like(one, code):
                advice = "如果是同一个，请删去这一行，案例里用已有的"
                reading.warnings.append((self.heading("name"), f"可能已有：{found.label}（{found.why}）。{advice}"))
                return

    def _goes_round(self, name: str, reading: Reading) -> bool:
        """Whether the superior that the row gives stands below this organisation, in the file or in the library."""
        parent = reading.values.get("parent")
        if not parent:
            return False
        above = parent["new"] if isinstance(parent, dict) else self.names.organisations[parent]
        self.superiors[name] = above
        seen = set()
        while above and above not in seen:
            if above == name:
                return True
            seen.add(above)
            above = self.superiors.get(above) or self._stored_superiors.get(above, "")
        return False

    @property
    def _stored_superiors(self) -> dict[str, str]:
        if not hasattr(self, "_superiors"):
            pairs = Organisation.objects.exclude(parent=None).values_list("name", "parent__name")
            self._superiors = dict(pairs)
        return self._superiors
