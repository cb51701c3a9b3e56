"""The one analysis chain, for documents and queries alike: NFKC, tw2s, lower case, then characters, pairs and words.

Text is folded character by character into a stream of letters, digits and Han characters. What a character becomes
never depends on its neighbours, and punctuation is dropped on both sides, so that any run copied out of a text folds to
a run of the text's own stream: its pairs of neighbours are all there, wherever jieba would have cut.

Words of the dictionary are looked up at every place of a text (jieba's full mode, without choosing one cut), so that a
word is in the index of every text that contains it. jieba cuts only questions.
"""

from __future__ import annotations

import os
import re
import threading
import unicodedata
import warnings
from collections import ChainMap, Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from hashlib import blake2b
from importlib.metadata import version
from operator import add
from pathlib import Path
from typing import Any

from opencc import OpenCC

DICTIONARY = Path(__file__).with_name("dictionary.txt")

# Characters that tw2s leaves apart, or converts in one phrase and not in the next (覆 is 复 in 答覆, itself in 覆盖).
# Each line counts as its first character. Found by running OpenCC's phrase tables through tw2s, s2t, s2tw and s2hk.
VARIANTS = Path(__file__).with_name("variants.txt")
# Kept besides letters and digits, because 党建+ and 1+25+X mean something else than 党建 and 125X.
MEANINGFUL = {"+": "+", "➕": "+"}
LONGEST_WORD = 40
# More than any library has; a visitor who tries all of Unicode shall not fill the memory.
REMEMBERED_CHARACTERS = 50_000
DROPPED = "\0"
LATIN_WORD = re.compile(r"[0-9a-z+]{3,}")

_variants = VARIANTS.read_text(encoding="utf-8").split()
_FIRST_VARIANT = {character: group[0] for group in _variants for character in group[1:]}
_to_simplified = OpenCC("tw2s")


class _Folding(dict[int, str]):
    """A table for `str.translate` that is filled as characters turn up; what is dropped becomes `gap`."""

    def __init__(self, gap: str) -> None:
        super().__init__()
        self.gap = gap

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code)) or self.gap
        if len(self) < REMEMBERED_CHARACTERS:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    if character in MEANINGFUL:
        return MEANINGFUL[character]
    if unicodedata.category(character) == "Cs":
        return ""
    parts = unicodedata.normalize("NFKD", character).casefold()
    kept = [part for part in parts if part.isalnum() or part in MEANINGFUL]
    simplified = "".join(_to_simplified.convert(part) for part in kept)
    return "".join(_FIRST_VARIANT.get(part, part) for part in simplified)


_FOLDING = _Folding("")
_SPREADING = _Folding(DROPPED)


def fold(text: str) -> str:
    """Return the stream of a text: word characters only, simplified, in lower case and half width."""
    return text.translate(_FOLDING)


def spread(text: str) -> tuple[str, list[int] | None]:
    """Return the stream with `DROPPED` in the gaps, and where each character of it came from: None if one to one."""
    stream = text.translate(_SPREADING)
    if len(stream) == len(text):
        return stream, None
    origins = [place for place, character in enumerate(text) for _ in _SPREADING[ord(character)]]
    return stream, origins


def pairs(stream: str) -> list[str]:
    """Return each character of a stream with its neighbour."""
    return list(map(add, stream, stream[1:]))


def words_within(text: str) -> Iterator[str]:
    """Yield the words of three and more characters in a text: the dictionary's, and whole Latin words and numbers."""
    stream = text.translate(_SPREADING)
    frequencies = lexicon.tokenizer.FREQ
    for stretch in stream.split(DROPPED):
        for start in range(len(stretch) - 2):
            end = start + 3
            while (fragment := stretch[start:end]) in frequencies:
                if frequencies[fragment] and not LATIN_WORD.fullmatch(fragment):
                    yield fragment
                end += 1
                if end > len(stretch):
                    break
    for match in LATIN_WORD.finditer(stream):
        if len(match[0]) <= LONGEST_WORD:
            yield match[0]


def occurrences(word: str, text: str) -> int:
    """Say how often a text has a folded word of the dictionary, as `words_within` finds it."""
    stream, place, times = text.translate(_SPREADING), -1, 0
    while (place := stream.find(word, place + 1)) >= 0:
        times += 1
    return times


def written_in(text: str, word: str) -> str:
    """Return a folded word as a text that has it writes it, in the text's own script and variants."""
    stream, origins = spread(text)
    start = stream.find(word)
    if start < 0:
        return word
    end = start + len(word) - 1
    return text[start : end + 1] if origins is None else text[origins[start] : origins[end] + 1]


def short_tokens(stream: str) -> list[str]:
    """Return the single characters of a stream and the pairs."""
    return [*stream, *pairs(stream)]


def tokens(text: str) -> Counter[str]:
    """Count what a text is found by: its single characters, pairs of neighbours, and words of three and more."""
    stream = fold(text)
    counted = Counter(short_tokens(stream))
    counted.update(words_within(text))
    return counted


def plain(text: str) -> str:
    """Return a text in Simplified Chinese, half width and lower case, with punctuation, without control characters."""
    clean = "".join(character for character in text if unicodedata.category(character)[0] != "C")
    return _to_simplified.convert(unicodedata.normalize("NFKC", clean)).lower()


def segment(text: str) -> list[str]:
    """Cut a text into words as jieba does, folded; for questions only, which are short."""
    return [folded for word in lexicon.tokenizer.cut(plain(text), HMM=False) if (folded := fold(word))]


def parts(word: str) -> set[str]:
    """Return the shorter words that jieba's search mode sees in a word: 楼宇 and 党建 in 楼宇党建."""
    return set(lexicon.tokenizer.cut_for_search(word, HMM=False)) - {word}


_supposed: ContextVar[Any] = ContextVar("supposed_tokenizer", default=None)


class Lexicon:
    """jieba's dictionary, ours and the curators', read once per process when first needed: half a second and 70 MB."""

    def __init__(self) -> None:
        self.learnt: set[str] = set()
        self._renew_lock()
        os.register_at_fork(after_in_child=self._renew_lock)

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()

    @property
    def tokenizer(self) -> Any:
        """A jieba tokenizer whose `FREQ` has every word, and every beginning of a word at frequency 0."""
        return _supposed.get() or self._own

    @cached_property
    def _own(self) -> Any:
        with self._lock:
            if "_own" not in self.__dict__:
                self.__dict__["_own"] = _make_tokenizer()
            return self.__dict__["_own"]

    def learn(self, words: Iterable[str]) -> None:
        """Know these folded words besides the shipped ones, and no others that were learnt before."""
        tokenizer, words = self._own, set(words)
        with self._lock:
            for word in self.learnt - words:
                tokenizer.del_word(word)
            added = {word for word in words - self.learnt if not tokenizer.FREQ.get(word)}
            for word in sorted(added):
                tokenizer.add_word(word)
            self.learnt = (self.learnt & words) | added

    @contextmanager
    def supposing(self, words: Iterable[str]) -> Iterator[frozenset[str]]:
        """Cut within this block, in this thread alone, as if these folded words were learnt and no others.

        Gives those among them that are in no shipped dictionary. Nothing is copied: what differs is laid over it.
        """
        words = set(words)
        own = self._own
        with self._lock:
            learnt = frozenset(self.learnt)
        tokenizer = type(own)()
        tokenizer.FREQ, tokenizer.total, tokenizer.initialized = ChainMap({}, own.FREQ), own.total, True
        for word in learnt - words:
            tokenizer.FREQ[word] = 0
        added = {word for word in words if not tokenizer.FREQ.get(word)}
        for word in sorted(added):
            tokenizer.add_word(word)
        before = _supposed.set(tokenizer)
        try:
            yield frozenset(added | (learnt & words))
        finally:
            _supposed.reset(before)


def _make_tokenizer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    tokenizer = jieba.Tokenizer()
    # Filled by hand: its own `initialize` logs to stderr and keeps a cache in the system's folder for temporary files.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(Path(jieba.__file__).with_name("dict.txt").open("rb"))
    tokenizer.initialized = True
    for word in DICTIONARY.read_text(encoding="utf-8").split():
        tokenizer.add_word(word)
    for word, frequency in list(tokenizer.FREQ.items()):
        if frequency and any(map(_FIRST_VARIANT.__contains__, word)):
            tokenizer.add_word(fold(word), frequency)
    return tokenizer


lexicon = Lexicon()


def fingerprint(*files: Path) -> str:
    """Return what changes when one of these files changes, or a library that the chain stands on."""
    digest = blake2b(digest_size=8)
    for file in files:
        digest.update(file.read_bytes())
    for name in ("jieba", "OpenCC", "Whoosh"):
        digest.update(f"{name} {version(name)};".encode())
    digest.update(unicodedata.unidata_version.encode())
    return digest.hexdigest()


CHAIN_VERSION = fingerprint(Path(__file__), DICTIONARY, VARIANTS)
