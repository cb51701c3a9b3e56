"""What a curator may know of the library, read once to be asked for each row of a file."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from cases.duplicates.finding import (
    COMPARED,
    TELLING,
    Likely,
    brands_of,
    likely_case,
    names_of,
    read,
    same_body,
)
from cases.duplicates.likeness import SHORTEST_BRAND, TITLE_ALIKE, Told, compare, jaccard, keys_of, pairs_of
from cases.duplicates.names import LEAST, canonical, is_one_place
from cases.models import Case, Organisation, SketchKey
from cases.models.case_queryset import columns
from cases.search import fold


class KnownCases:
    """Cases that a curator may see, by what of them is compared; three queries, and two for each row with a find."""

    def __init__(self, user: Any) -> None:
        self.seen = Case.objects.visible_to(user, preview=True)
        self.titles: dict[int, str] = {}
        self.with_pair: dict[str, list[int]] = defaultdict(list)
        self.with_brand: dict[str, list[int]] = defaultdict(list)
        self.numbers: dict[int, str] = {}
        self.with_key: dict[int, list[int]] = defaultdict(list)
        self.told: dict[int, Told] = {}
        names = columns(self.seen, "pk", "number", "title", "brand_name")
        for pk, number, title, brand in zip(*names, strict=True):
            self.titles[pk], self.numbers[pk] = title, number
            for pair in pairs_of(title):
                self.with_pair[pair].append(pk)
            if len(fold(brand)) >= SHORTEST_BRAND:
                self.with_brand[fold(brand)].append(pk)
        for pk, key in SketchKey.objects.values_list("sketch", "key").iterator(chunk_size=5000):
            if pk in self.titles:
                self.with_key[key].append(pk)

    def like(self, told: Told) -> Likely | None:
        """The case that one told so most probably is."""
        found = self._candidates(told)
        if lacking := found - self.told.keys():
            self.told |= read(self.seen.filter(pk__in=lacking))
        alike = {pk: compare(told, self.told[pk]) for pk in found if pk in self.told}
        best = min(alike, key=lambda pk: (-alike[pk].score, self.numbers[pk]), default=None)
        if best is None or alike[best].score < TELLING:
            return None
        return likely_case(best, self.numbers[best], self.titles[best], alike[best])

    def _candidates(self, told: Told) -> set[int]:
        own = pairs_of(told.title)
        holders: dict[int, int] = defaultdict(int)
        for pair in own:
            for pk in self.with_pair.get(pair, ()):
                holders[pk] += 1
        least = TITLE_ALIKE * len(own)
        found = {
            pk
            for pk, shared in holders.items()
            if shared >= least and jaccard(own, pairs_of(self.titles[pk])) >= TITLE_ALIKE
        }
        for brand in brands_of(told):
            found.update(self.with_brand.get(brand, ()))
        shared = Counter(pk for key in keys_of(told.text) for pk in self.with_key.get(key, ()))
        return found | {pk for pk, _ in shared.most_common(COMPARED)}


class KnownBodies:
    """Organisations that a curator may see, by the ends of all their names; one query."""

    def __init__(self, user: Any) -> None:
        self.rows: dict[int, tuple[list[tuple[str, str]], str]] = {}
        self.ending: dict[str, set[int]] = defaultdict(set)
        seen = Organisation.objects.visible_to(user, preview=True)
        read_columns = columns(seen, "pk", "name", "short_name", "former_names", "district__code")
        for pk, *names, code in zip(*read_columns, strict=True):
            self.rows[pk] = (list(names_of(*names)), code or "")
            for _, name in self.rows[pk][0]:
                for end in _ends(canonical(name)):
                    self.ending[end].add(pk)

    def like(self, name: str, district: str) -> Likely | None:
        """The organisation that one of this name in this district (its code) most probably is."""
        found = {pk for end in _ends(canonical(name)) for pk in self.ending.get(end, ())}
        best: Likely | None = None
        for pk in sorted(found):
            names, code = self.rows[pk]
            if not is_one_place(district, code):
                continue
            for kind, other in names:
                likeness = same_body(name, kind, other)
                if likeness.score > (best.score if best else 0):
                    best = Likely(pk, names[0][1], "", likeness.score, likeness.why)
        return best


def _ends(name: str) -> list[str]:
    """A name and what it ends with, as long as that says something by itself."""
    return [name, *(name[at:] for at in range(1, len(name) - LEAST + 1))] if len(name) >= SHORTEST_BRAND else []
