"""What a request asks for: which parameters it may have, and which page of what was found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from portal.api.errors import NotThere, Refused
from portal.api.parameters import takes_several

PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
PAGING = ("page", "page_size")
# No list is longer; a page beyond is answered without making a number of thousands of digits.
MOST_DIGITS = 12


def check_names(request: Request, *names: str, several: frozenset[str] = frozenset()) -> None:
    """Refuse parameters that are empty or that this address does not read: they would silently give everything."""
    wrong: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in names:
            known = f"可用的有 {'、'.join(names)}" if names else "这个地址不带参数"
            wrong[name[:40]] = [f"没有这个参数，{known}"]
        elif len(values) > 1 and name not in several:
            wrong[name] = ["只能给一个值"]
        elif not all(map(str.strip, values)):
            wrong[name] = ["没有写值；不用这个参数时请去掉它"]
    if wrong:
        raise Refused(wrong)


def check(browse: Any, request: Request, *more: str) -> None:
    """Refuse a list whose conditions are wrong, or which has parameters that it does not read."""
    several = frozenset(name for name, one in browse.filters.items() if takes_several(one))
    check_names(request, *browse.filters, *more, several=several)
    fields = {name: [str(message) for message in messages] for name, messages in browse.form.errors.items()}
    if not fields and browse.errors_in_words:
        fields = {"q": list(browse.errors_in_words)}
    if fields:
        raise Refused(fields)


@dataclass(frozen=True)
class Paging:
    """One page of so many things."""

    request: Request
    count: int
    number: int
    size: int

    @classmethod
    def of(cls, request: Request, count: int) -> Paging:
        """Read `page` and `page_size`; raise Refused for what is no number, NotThere beyond the last page."""
        size = _whole(request, "page_size", PAGE_SIZE)
        if size > MAX_PAGE_SIZE:
            raise Refused({"page_size": [f"每页最多 {MAX_PAGE_SIZE} 项"]})
        paging = cls(request, count, _whole(request, "page", 1), size)
        if paging.number > paging.pages:
            raise NotThere(f"没有这一页：共 {count} 项，分 {paging.pages} 页。")
        return paging

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // self.size))

    @property
    def part(self) -> slice:
        return slice((self.number - 1) * self.size, self.number * self.size)

    def answer(self, results: list[Any], **more: Any) -> dict[str, Any]:
        return {
            "count": self.count,
            "page": self.number,
            "pages": self.pages,
            "next": self._address(self.number + 1) if self.number < self.pages else None,
            "previous": self._address(self.number - 1) if self.number > 1 else None,
            **more,
            "results": results,
        }

    def _address(self, number: int) -> str:
        params = self.request.query_params.copy()
        params["page"] = str(number)
        return self.request.build_absolute_uri(f"{self.request.path}?{params.urlencode()}")


def _whole(request: Request, name: str, otherwise: int) -> int:
    if (written := request.query_params.get(name)) is None:
        return otherwise
    if not re.fullmatch(r"[1-9][0-9]*", written):
        raise Refused({name: ["请写 1 或更大的整数"]})
    return int(written[:MOST_DIGITS]) if len(written) <= MOST_DIGITS else 10**MOST_DIGITS
