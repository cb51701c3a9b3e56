"""What a case offers to whoever is still typing: its title, brand, bodies and places, and the words it is told in.

They lie in the index beside the case, each with its sound, so that whatever is suggested leads to a case.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, chain
from typing import NamedTuple

from cases.models import Case
from cases.search.analysis import fold, segment, words_within
from districts.models import District, codes_above


class NameKind(StrEnum):
    TITLE = "title"
    BRAND = "brand"
    BODY = "body"
    PLACE = "place"
    # A word that cases are told in: for corrections, never suggested.
    WORD = "word"
    # A curator's, which no single case has.
    TERM = "term"


PART_END, NAME_END = "\x1f", "\x1e"
CONTROLS = re.compile(r"[\x00-\x1f]")
# The fields that a case's own words are taken from; of the sections, only long words, which say more.
TOLD_IN = ("title", "brand_name", "themes", "summary")
LONGEST_WORD = 12


class Name(NamedTuple):
    """`key` is the primary key of a body or the code of a place."""

    kind: NameKind
    key: str
    text: str


class Hint(NamedTuple):
    """A name, where in it the match begins, and primary keys of cases that have it, some if there are many."""

    name: Name
    place: int
    cases: list[int]


def names_of(case: Case, places: Mapping[str, str]) -> list[Name]:
    """Return what a reader may know a case by, once each; `places` has the names of districts by code."""
    names = [Name(NameKind.TITLE, "", case.title), Name(NameKind.BRAND, "", case.brand_name)]
    for credit in case.credits.all():
        body = credit.organisation
        spellings = (body.name, body.short_name, *body.earlier_names)
        names += [Name(NameKind.BODY, str(body.pk), spelling) for spelling in spellings]
    if case.district:
        codes = [*codes_above(case.district.code), case.district.code]
        names += [Name(NameKind.PLACE, code, places[code]) for code in codes if code in places]
    return list(dict.fromkeys(name for name in names if name.text))


def places_above(cases: Sequence[Case]) -> dict[str, str]:
    """Return the names, by code, of the districts of these cases and of those above them; one query."""
    own = {case.district.code for case in cases if case.district}
    codes = own.union(*map(codes_above, own))
    return dict(District.objects.visible_to(None).places().filter(code__in=codes).values_list("code", "name"))


@lru_cache(maxsize=50_000)
def sound(text: str) -> str:
    """Return the reading of a text without tones, each syllable beginning with a capital: HongMiaoGongCheng."""
    from pypinyin import lazy_pinyin  # its tables are a sixth of what any command would load

    return "".join(syllable.capitalize() for syllable in lazy_pinyin(fold(text)))


def pack(names: list[Name], fields: Mapping[str, list[str]]) -> bytes:
    """Write names, and the words of the fields, in the form that `NameTable` reads."""
    told = (word for name in TOLD_IN for value in fields[name] for word in segment(value))
    long = (word for name in (*TOLD_IN, "sections") for value in fields[name] for word in words_within(value))
    words = dict.fromkeys(word for word in (*told, *long) if 1 < len(word) <= LONGEST_WORD and not word.isascii())
    every = [*names, *(Name(NameKind.WORD, "", word) for word in words)]
    return NAME_END.join(
        PART_END.join((kind, key, CONTROLS.sub(" ", text), sound(text))) for kind, key, text in every
    ).encode("utf-8", "replace")


class Heard(NamedTuple):
    """A name of the table, where in it the match begins, and the documents that have the name."""

    name: Name
    place: int
    documents: array[int]


class NameTable:
    """All names of a segment, each once, ready to be searched for parts of their text or sound; words come last."""

    def __init__(self, packed: Iterable[bytes]) -> None:
        documents: dict[str, array[int]] = {}
        for number, names in enumerate(packed):
            for name in names.decode("utf-8", "replace").split(NAME_END):
                if name in documents:
                    documents[name].append(number)
                elif name:
                    documents[name] = array("I", (number,))
        parts = sorted((name.split(PART_END) for name in documents), key=lambda part: part[0] == NameKind.WORD)
        self.names = [Name(NameKind(kind), key, text) for kind, key, text, _ in parts]
        self.sounds = [sounds for _, _, _, sounds in parts]
        self.texts = [fold(name.text) for name in self.names]
        self.documents = [documents[PART_END.join(part)] for part in parts]
        suggested = sum(name.kind != NameKind.WORD for name in self.names)
        self._text_lines, self._sound_lines = Lines(self.texts[:suggested]), Lines(self.sounds[:suggested])

    def having(self, run: str, most: int) -> Iterator[Heard]:
        """Names with a run in their folded text, at most so many."""
        return self._heard(self._text_lines, re.compile(re.escape(run)), most)

    def sounding(self, pattern: re.Pattern[str], most: int) -> Iterator[Heard]:
        """Names whose sound matches, at most so many."""
        return self._heard(self._sound_lines, pattern, most)

    def _heard(self, lines: Lines, pattern: re.Pattern[str], most: int) -> Iterator[Heard]:
        """Yield names that have it anywhere, and those that begin so even if the others are too many."""
        beginning = re.compile(f"^{pattern.pattern}", re.MULTILINE)
        places = dict(chain(lines.search(pattern, most), lines.search(beginning, most)))
        return (Heard(self.names[line], place, self.documents[line]) for line, place in places.items())


class Lines:
    """Many short texts as one long one: searching it takes a tenth of the time of searching them one by one."""

    def __init__(self, lines: list[str]) -> None:
        self.text = "\n".join(lines)
        self.starts = list(accumulate((len(line) + 1 for line in lines), initial=0))

    def search(self, pattern: re.Pattern[str], most: int) -> Iterator[tuple[int, int]]:
        """Yield the lines that match, each once, with the place of the first match in the line."""
        place = found = 0
        while found < most and (match := pattern.search(self.text, place)):
            line = bisect_right(self.starts, match.start()) - 1
            yield line, match.start() - self.starts[line]
            place = self.starts[line + 1]
            found += 1


def sounds_like(letters: str) -> re.Pattern[str]:
    """Match sounds that one may write so: in full, by initials or both, beginning at any syllable."""
    first, rest = letters[0], letters[1:]
    following = (f"(?:{re.escape(c)}|[a-z]*+{re.escape(c.upper())})" for c in rest)
    return re.compile(re.escape(first.upper()) + "".join(following))
