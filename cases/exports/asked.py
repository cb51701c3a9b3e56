"""What a reader asked for, read from an address alone, so that the file can be made later too, without a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.http import HttpRequest, QueryDict

from cases.exports.description import Column, NoSuchColumn, Note, Row, chosen_columns


class ExportRefused(Exception):
    """What is wrong with the conditions of a file, a sentence each, and the address of the page without them.

    `way_out` is what a link to that page says.
    """

    def __init__(self, faults: Sequence[str], page: str, way_out: str = "清除全部条件") -> None:
        super().__init__(*faults)
        self.faults = faults
        self.page = page
        self.way_out = way_out


@dataclass(frozen=True)
class Asked:
    """A file as it was asked for: what, in which form, with which parameters, by whom, and under which host.

    `key` names the one thing that the file is about, say a list's slug. Filters that want a request take this in its
    place: they look at nothing but the user.
    """

    what: str
    form: str
    params: QueryDict
    user: Any
    base: str
    key: str = ""

    @classmethod
    def by(cls, request: HttpRequest, what: str, form: str, key: str = "") -> Self:
        base = request.build_absolute_uri("/").removesuffix("/")
        return cls(what, form, request.GET, request.user, base, key)

    def absolute(self, path: str) -> str:
        return f"{self.base}{path}"

    def address(self, path: str) -> str:
        """The address of the page with the rows of this file."""
        params = self.params.copy()
        params.pop("column", None)
        return f"{path}?{params.urlencode()}" if params else path

    def page(self, path: str) -> str:
        """The same with the host: a file is read where no page is near."""
        return self.absolute(self.address(path))

    def columns(self, columns: Sequence[Column[Row]], page: str) -> list[Column[Row]]:
        """The columns that the address chooses; raise ExportRefused where there is none of that name."""
        try:
            return chosen_columns(self.params.getlist("column"), columns)
        except NoSuchColumn as wrong:
            raise ExportRefused([str(wrong)], page) from None

    @property
    def licence(self) -> list[Note]:
        return [("出处", settings.SITE["name"]), ("许可", settings.SITE["licence"])]
