"""What a term would change, shown beside what is: how a text is cut, and what a query finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from cases.models import Case, Term
from cases.search import Dictionary, Piece, Tried, cut_by_both, fold

SHOWN = 10
LONGEST_TEXT = 500
WORD_LENGTH = Term._meta.get_field("word").max_length or 0


@dataclass(frozen=True)
class Hit:
    """A case in one list of results; `is_apart` if the other list has it nowhere."""

    case: Case
    is_near: bool
    is_apart: bool


@dataclass(frozen=True)
class Results:
    """What a query finds by one dictionary: the first cases, how many there are, and what else it looks for."""

    tried: Tried
    hits: list[Hit]
    spellings: list[str]
    apart: int

    @property
    def certain(self) -> int:
        return len(self.tried.found.certain)

    @property
    def near(self) -> int:
        return len(self.tried.found.near)


class Trial:
    """A term as it is typed, tried on a text and a query, for what this user may read of the public library."""

    def __init__(self, term: Term, text: str, query: str, user: Any) -> None:
        self.term, self.user = term, user
        self.text, self.query = text.strip()[:LONGEST_TEXT], query.strip()

    @classmethod
    def typed(cls, data: Mapping[str, Any], user: Any, term: Term | None = None) -> Self:
        """Read what a form says of a term, of its own page or of the trial's, which has no box for “in use”."""
        word, synonyms = data.get("word", "").replace("\0", ""), data.get("synonyms_text", "").replace("\0", "")
        found = term or _named(word) or Term()
        found.word, found.synonyms_text = word, synonyms
        found.is_active = "is_active" in data if "trial_of_form" in data else True
        found.tidy()
        return cls(found, data.get("trial_text", "").replace("\0", ""), data.get("trial_query", ""), user)

    @property
    def is_asked(self) -> bool:
        return bool(self.text or self.query)

    @cached_property
    def faults(self) -> list[str]:
        """Why the term could not be saved as it is; then nothing is known of afterwards."""
        term = self.term
        if len(term.word) > WORD_LENGTH:
            return [f"“词”过长：最多 {WORD_LENGTH} 个字，现有 {len(term.word)} 个"]
        if not term.word and term.synonyms:
            return ["请填写“词”，再试同义说法"]
        found = term.faults(Term.objects.exclude(pk=term.pk))
        return [message for messages in found.values() for message in messages]

    @property
    def has_change(self) -> bool:
        return bool(self.term.word) and not self.faults

    @cached_property
    def now(self) -> Dictionary:
        return Dictionary.current()

    @cached_property
    def then(self) -> Dictionary:
        return Dictionary.with_term(self.term) if self.has_change else self.now

    @cached_property
    def cuts(self) -> tuple[list[Piece], list[Piece]]:
        """The text as it is cut now, and as it would be."""
        return cut_by_both(self.text, self.now, self.then)

    @property
    def is_cut_alike(self) -> bool:
        return not any(piece.differs for cut in self.cuts for piece in cut)

    @cached_property
    def results(self) -> tuple[Results, Results]:
        """What the query finds now, and what it would find."""
        public = Case.objects.visible_to(self.user)
        now = self.now.find(self.query, public)
        then = self.then.find(self.query, public) if self.has_change else now
        shown = {*now.found.ids[:SHOWN], *then.found.ids[:SHOWN]}
        cases = public.in_bulk(list(shown))
        return self._results(self.now, now, then, cases), self._results(self.then, then, now, cases)

    def _results(self, dictionary: Dictionary, tried: Tried, other: Tried, cases: dict[int, Case]) -> Results:
        elsewhere, near = set(other.found.ids), set(tried.found.near)
        shown = [pk for pk in tried.found.ids[:SHOWN] if pk in cases]
        hits = [Hit(cases[pk], pk in near, pk not in elsewhere) for pk in shown]
        apart = len(set(tried.found.ids) - elsewhere)
        return Results(tried, hits, dictionary.also_looks_for(self.query), apart)

    @property
    def finds_alike(self) -> bool:
        now, then = self.results
        return now.tried.found == then.tried.found


def _named(word: str) -> Term | None:
    """The term that search takes for this word, which is then the one to be changed."""
    stream = fold(word)
    return next((term for term in Term.objects.all() if stream and fold(term.word) == stream), None)
