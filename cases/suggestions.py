"""What a reader may mean who is still typing: search proposes names, the database decides which are shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from cases import search
from cases.models import Case, Organisation
from cases.search import Hint, NameKind
from districts.models import District

MOST = 10
# So that one kind does not push out the others.
MOST_OF_A_KIND = 5
# More is proposed than shown: some may not be public any more.
PROPOSED = 40


@dataclass(frozen=True)
class Suggestion:
    """A name, what kind of name it is, something to tell it from others by, and the address that it leads to."""

    text: str
    kind: str
    note: str
    url: str


def suggestions(typed: str, user: Any) -> list[Suggestion]:
    """Return at most `MOST` names that begin with or hold what was typed, best first; a constant number of queries."""
    hints = search.hints(typed, Case.objects.visible_to(user), PROPOSED)
    if not hints:
        return []
    public = _Public(hints, user)
    shown: list[Suggestion] = []
    of_kind: Counter[str] = Counter()
    for hint in hints:
        if of_kind[hint.name.kind] < MOST_OF_A_KIND and (suggestion := public.suggestion(hint)):
            of_kind[hint.name.kind] += 1
            shown.append(suggestion)
    return shown[:MOST]


class _Public:
    """What of some hints this reader may see, as it reads today."""

    def __init__(self, hints: list[Hint], user: Any) -> None:
        proposed = dict.fromkeys(pk for hint in hints for pk in hint.cases)
        cases = Case.objects.visible_to(user).among(list(proposed)).select_related("district")
        cases = cases.only("number", "title", "brand_name", "district__full_name")
        self.cases = {case.pk: case for case in cases}
        keys = {kind: [h.name.key for h in hints if h.name.kind == kind] for kind in NameKind}
        bodies = Organisation.objects.visible_to(user).for_cards()
        self.bodies = bodies.in_bulk(list(map(int, keys[NameKind.BODY])))
        self.places = District.objects.visible_to(user).in_bulk(keys[NameKind.PLACE], field_name="code")

    def suggestion(self, hint: Hint) -> Suggestion | None:
        cases = [self.cases[pk] for pk in hint.cases if pk in self.cases]
        if not cases:
            return None
        show = {
            NameKind.TITLE: self._title,
            NameKind.BRAND: self._brand,
            NameKind.BODY: self._body,
            NameKind.PLACE: self._place,
            NameKind.TERM: self._term,
        }
        return show[hint.name.kind](hint, cases)

    def _title(self, hint: Hint, cases: list[Case]) -> Suggestion | None:
        for case in cases:
            if case.title == hint.name.text:
                return Suggestion(case.title, "标题", str(case.district or ""), case.get_absolute_url())
        return None

    def _brand(self, hint: Hint, cases: list[Case]) -> Suggestion | None:
        bearing = [case for case in cases if case.brand_name == hint.name.text]
        if len(bearing) == 1:
            case = bearing[0]
            return Suggestion(case.brand_name, "品牌", str(case.district or ""), case.get_absolute_url())
        return Suggestion(hint.name.text, "品牌", "", _searched(f"“{hint.name.text}”")) if bearing else None

    def _body(self, hint: Hint, cases: list[Case]) -> Suggestion | None:
        body = self.bodies.get(int(hint.name.key))
        if body is None or hint.name.text not in {body.name, body.short_name, *body.earlier_names}:
            return None
        note = hint.name.text if hint.name.text != body.name else str(body.district or "")
        return Suggestion(body.name, "单位", note, body.get_absolute_url())

    def _place(self, hint: Hint, cases: list[Case]) -> Suggestion | None:
        place = self.places.get(hint.name.key)
        if place is None or place.name != hint.name.text:
            return None
        note = place.full_name.removesuffix(place.name)
        return Suggestion(place.name, "区划", note, f"{reverse('cases:list')}?district={place.public_code}")

    def _term(self, hint: Hint, cases: list[Case]) -> Suggestion:
        return Suggestion(hint.name.text, "词条", "", _searched(hint.name.text))


def _searched(words: str) -> str:
    return f"{reverse('cases:list')}?{urlencode({'q': words})}"
