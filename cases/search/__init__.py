"""The library's search behind a small facade; the only package that knows an engine."""

from cases.search.analysis import fold, lexicon, plain, segment
from cases.search.coining import Coined, coined
from cases.search.correcting import corrections
from cases.search.drainer import drain, stop, wake
from cases.search.finding import Found, search
from cases.search.generations import AlreadyRebuilding, written_at
from cases.search.highlighting import highlight, snippet
from cases.search.likeness import like
from cases.search.matching import STOP_WORDS
from cases.search.names import NameKind
from cases.search.outbox import record
from cases.search.suggesting import Hint, hints, is_heard
from cases.search.supposing import Dictionary, Piece, Tried, cut_by_both
from cases.search.upkeep import Rebuilt, Reconciled, Status, rebuild, reconcile, status

__all__ = [
    "AlreadyRebuilding",
    "Coined",
    "Dictionary",
    "Found",
    "Hint",
    "NameKind",
    "Piece",
    "Rebuilt",
    "Reconciled",
    "Status",
    "Tried",
    "coined",
    "corrections",
    "cut_by_both",
    "drain",
    "fold",
    "highlight",
    "hints",
    "is_heard",
    "is_question",
    "lexicon_has",
    "like",
    "load",
    "plain",
    "rebuild",
    "reconcile",
    "record",
    "search",
    "snippet",
    "status",
    "stop",
    "wake",
    "written_at",
]


def is_question(text: str) -> bool:
    """Whether a text has words that say nothing about the answer: 怎么、哪个."""
    return not STOP_WORDS.isdisjoint(segment(text))


def lexicon_has(stream: str) -> bool:
    """Whether a folded word is in a dictionary by now."""
    return bool(lexicon.tokenizer.FREQ.get(stream))


def load() -> None:
    """Read the dictionaries now (half a second): before processes fork, so that they share the memory."""
    _ = lexicon.tokenizer
