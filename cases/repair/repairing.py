"""Repair a text: the steps in their order, which is one that no step makes work for an earlier one."""

from __future__ import annotations

from collections.abc import Iterable

from cases.repair import (
    blanks,
    broken_lines,
    characters,
    damage,
    lost_plus,
    notes,
    punctuation,
    quotes,
    to_simplified,
)
from cases.repair.draft import Draft
from cases.repair.found import Change, Kind, Repaired


def repair(text: str, kept: Iterable[str] = (), *, lines: bool = True) -> Repaired:
    """Return what can be put right in a text, what is offered, and what is only marked.

    `kept` are words that stay whatever their script, besides those of the shipped dictionary. Without `lines`, the text
    is a part of a line: its ends stay, and lines are not joined. The time taken grows with the length alone.
    """
    draft, marks = Draft(text), []
    marks += _sealed(draft, damage.garbled(draft.text))
    draft.apply(characters.edits(draft.text))
    words = (*to_simplified.shipped_words(), *kept)
    while True:
        draft.apply(notes.edits(draft.text))
        draft.apply(to_simplified.edits(draft.text, words, draft.seams()))
        marks += _sealed(draft, damage.broken_notes(draft.text))
        draft.apply(quotes.edits(draft.text))
        draft.apply(punctuation.edits(draft.text))
        draft.apply(blanks.edits(draft.text, edges=lines))
        # What stood on two lines may be a note, a pair or a sentence now, and what stood apart may show to be garbled.
        # Each time there is one line less, or something more that no step touches: so this ends.
        joins = list(broken_lines.edits(draft.text)) if lines else []
        draft.apply(joins)
        further = draft.unsealed(damage.garbled(draft.whole()))
        marks += _sealed(draft, further)
        if not joins and not further:
            break
    marks += _told(draft, damage.lone_signs(draft.text))
    changes = draft.changes()
    return Repaired(
        original=text,
        text=draft.whole(),
        changes=changes,
        offers=_offers(draft),
        marks=tuple(sorted(set(marks), key=lambda mark: mark.start)),
    )


def _sealed(draft: Draft, marks: list[damage.Mark]) -> list[Change]:
    told = _told(draft, marks)
    draft.seal((start, end) for start, end, _, _ in marks)
    return told


def _told(draft: Draft, marks: list[damage.Mark]) -> list[Change]:
    places = draft.places((start, end) for start, end, _, _ in marks)
    return [
        Change(kind, start, end, draft.original[start:end], draft.original[start:end], why)
        for (start, end), (_, _, kind, why) in zip(places, marks, strict=True)
    ]


def _offers(draft: Draft) -> tuple[Change, ...]:
    found = list(lost_plus.offers(draft.text))
    places = draft.places((one.start, one.end) for one in found)
    return tuple(
        Change(Kind.LOST_PLUS, start, end, draft.original[start:end], one.after, one.why)
        for (start, end), one in zip(places, found, strict=True)
    )
