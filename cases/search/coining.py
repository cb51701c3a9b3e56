"""Words that texts use and no dictionary has: their characters hold together firmly, and they move about freely.

Cohesion is the least pointwise mutual information over all ways to part a run in two; freedom the lesser entropy of
what stands before and after it, both usual measures for new words in Chinese. Counting goes by length: a run can be
frequent only if the two runs that it is made of, shorter by one, are; so memory holds what is frequent, and one length
at a time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2

from cases.search.analysis import DROPPED, fold, lexicon, spread, written_in

LENGTHS = range(2, 9)
# At least so often, and in so many texts; in a large library, in one of so many.
LEAST_TIMES, LEAST_TEXTS, ONE_TEXT_IN = 4, 3, 500
# So many texts are named for each.
MOST_EXAMPLES = 3
# In bits. Two words that often go together need more than a word that the dictionary would tear into single characters.
LEAST_COHESION, LEAST_COHESION_OF_WORDS = 5.0, 7.0
LEAST_FREEDOM = 1.5
# A run is only a piece of a longer one if that stands in so much of its places.
PIECE_SHARE = 0.6
# Of a word and a single character, which may be an ending (工作法) or the next word (干部驻), more freedom is asked.
LEAST_FREEDOM_OF_ENDINGS = 2.0
# Characters that words do not begin or end with, because they are words of their own that join others: particles,
# prepositions, conjunctions, pronouns, measures, places and times, and verbs that take any object.
PARTICLES = (
    "的了着过地得之而且并或和与及以于则也都又还就才再很更最被把将让使对向从由往因为所其各每某该这那哪此等个是在到给做"
)
MEASURES = "者们名家项条次件位批种场张份户段处座支所间本册笔"
NOT_FIRST = frozenset(PARTICLES + MEASURES + "自至中上下内里后前时年月日来去")
NOT_LAST = frozenset(PARTICLES + "不未没须需如若但即乃至共中上下内里外间前后时好首有")
# No word of the field has these in it.
NOT_WITHIN = frozenset("的了和与及或是")
# Words that go with any other.
LIGHT = frozenset(
    [
        "起来",
        "下去",
        "出来",
        "上来",
        "期间",
        "方面",
        "方式",
        "过程",
        "情况",
        "问题",
        "以来",
        "以上",
        "以下",
        "以内",
        "以外",
        "之间",
        "左右",
        "其中",
        "同时",
        "目前",
        "以及",
        "通过",
        "开展",
        "进行",
        "推进",
        "推动",
        "加强",
        "建立",
        "形成",
        "实现",
        "做到",
        "实施",
        "提升",
        "提高",
        "打造",
        "构建",
        "完善",
        "编入",
        "纳入",
        "成为",
        "作为",
        "具有",
        "一个",
        "一些",
        "一批",
        "一种",
        "多个",
        "多名",
        "多种",
        "这些",
        "全部",
        "各个",
        "各类",
        "不断",
        "进一步",
        "有效",
        "全面",
        "积极",
        "主要",
        "重要",
    ]
)


@dataclass(frozen=True)
class Coined:
    """A run that may be a word: how often it stands in how many texts, in bits its cohesion and freedom, and where."""

    word: str
    times: int
    texts: int
    cohesion: float
    freedom: float
    examples: tuple[int, ...] = ()

    @property
    def weight(self) -> float:
        """What a list of such words is ordered by."""
        return log2(1 + self.texts) * min(self.cohesion, 12.0) * min(self.freedom, 4.0)


Progress = Callable[[int, int], None]


class Coinage:
    """The runs of many texts, counted."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        """Take texts, each with what it is called by."""
        self.sources = dict(texts)
        self.streams = [spread(text)[0] for text in self.sources.values()]
        self.least_texts = max(LEAST_TEXTS, len(self.sources) // ONE_TEXT_IN)
        self.least_times = max(LEAST_TIMES, self.least_texts)
        self.singles: Counter[str] = Counter()
        self.length = 0
        self.times: dict[str, int] = {}
        self.texts: dict[str, int] = {}

    def count(self, progress: Progress | None = None) -> None:
        """Count the runs that are frequent, length by length."""
        for stream in self.streams:
            self.singles.update(stream)
        del self.singles[DROPPED]
        self.length = sum(self.singles.values())
        # Without what is dropped, so that no run crosses it.
        frequent: Collection[str] = {sign for sign, times in self.singles.items() if times >= self.least_times}
        # One more than words may have, for what a word is a piece of.
        for length in [*LENGTHS, LENGTHS[-1] + 1]:
            times, texts = self._runs(length, frequent)
            frequent = {
                run for run, number in texts.items() if number >= self.least_texts and times[run] >= self.least_times
            }
            self.times |= {run: times[run] for run in frequent}
            self.texts |= {run: texts[run] for run in frequent}
            if progress:
                progress(length - 1, len(LENGTHS) + 2)

    def _runs(self, length: int, frequent: Collection[str]) -> tuple[Counter[str], Counter[str]]:
        """How often, and in how many texts, runs of a length stand whose two parts are frequent."""
        times: Counter[str] = Counter()
        texts: Counter[str] = Counter()
        for stream in self.streams:
            here = Counter(
                stream[start : start + length]
                for start in range(len(stream) - length + 1)
                if stream[start : start + length - 1] in frequent and stream[start + 1 : start + length] in frequent
            )
            times.update(here)
            texts.update(here.keys())
        return times, texts

    def cohesion(self, word: str) -> float:
        """The least pointwise mutual information of a beginning and the rest, in bits."""
        return min(
            log2(self.times[word] * self.length / (self._times(word[:cut]) * self._times(word[cut:])))
            for cut in range(1, len(word))
        )

    def _times(self, run: str) -> int:
        return self.singles[run] if len(run) == 1 else self.times[run]

    def coined(self, known: Collection[str], progress: Progress | None = None) -> list[Coined]:
        """Return what may be words and is none of the folded ones in `known` nor of the dictionary's, best first."""
        likely = {word: cohesion for word, cohesion in self._likely(known) if cohesion}
        free_by, places = self._surroundings(likely)
        if progress:
            progress(len(LENGTHS) + 2, len(LENGTHS) + 2)
        free = {word for word in likely if free_by[word] >= self._needs(word)}
        whole = free - self._pieces(free)
        found = [
            Coined(
                written_in(self.sources[places[word][0]], word),
                self.times[word],
                self.texts[word],
                likely[word],
                free_by[word],
                tuple(places[word]),
            )
            for word in whole
        ]
        return sorted(found, key=lambda one: (-one.weight, one.word))

    def _likely(self, known: Collection[str]) -> Iterator[tuple[str, float]]:
        frequencies = lexicon.tokenizer.FREQ
        for word in self.times:
            if len(word) not in LENGTHS or word in known or frequencies.get(word):
                continue
            if word[0] in NOT_FIRST or word[-1] in NOT_LAST or not NOT_WITHIN.isdisjoint(word):
                continue
            if not all(map(is_han, word)) or self._cut(word) & LIGHT:
                continue
            cohesion = self.cohesion(word)
            if cohesion >= LEAST_COHESION and cohesion >= self._bar(word):
                yield word, cohesion

    def _cut(self, word: str) -> frozenset[str]:
        return frozenset(lexicon.tokenizer.cut(word, HMM=False))

    def _bar(self, word: str) -> float:
        return LEAST_COHESION if any(len(piece) == 1 for piece in self._cut(word)) else LEAST_COHESION_OF_WORDS

    def _needs(self, word: str) -> float:
        """How much freedom is asked of a word."""
        pieces = sorted(map(len, lexicon.tokenizer.cut(word, HMM=False)))
        return LEAST_FREEDOM_OF_ENDINGS if len(pieces) == 2 and pieces[0] == 1 < pieces[1] else LEAST_FREEDOM

    def _surroundings(self, words: Collection[str]) -> tuple[dict[str, float], dict[str, list[int]]]:
        """The freedom of each of these words, and some of the texts that it stands in."""
        before: dict[str, Counter[str]] = defaultdict(Counter)
        after: dict[str, Counter[str]] = defaultdict(Counter)
        places: dict[str, list[int]] = defaultdict(list)
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in words:
            lengths[word[:2]].add(len(word))
        for key, text in zip(self.sources, self.streams, strict=True):
            stream = f"{DROPPED}{text}{DROPPED}"
            for start in range(1, len(stream) - 2):
                for length in lengths.get(stream[start : start + 2], ()):
                    word = stream[start : start + length]
                    if word in words:
                        before[word][stream[start - 1]] += 1
                        after[word][stream[start + length]] += 1
                        if len(places[word]) < MOST_EXAMPLES and key not in places[word]:
                            places[word].append(key)
        return {word: min(freedom(before[word]), freedom(after[word])) for word in words}, places

    def _pieces(self, words: Collection[str]) -> set[str]:
        """Those that mostly stand within one longer run, whatever that is."""
        found: set[str] = set()
        for run, times in self.times.items():
            for piece in (run[1:], run[:-1]):
                if piece in words and times >= PIECE_SHARE * self.times[piece]:
                    found.add(piece)
        return found


def freedom(neighbours: Counter[str]) -> float:
    """The entropy of what stands beside a word, in bits; each pause is another neighbour: nothing is freer."""
    whole, pauses = sum(neighbours.values()), neighbours[DROPPED]
    shares = [times / whole for sign, times in neighbours.items() if sign != DROPPED]
    return pauses / whole * log2(whole) - sum(share * log2(share) for share in shares)


def is_han(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff" or "\u3400" <= sign <= "\u4dbf"


def coined(
    texts: Iterable[tuple[int, str]], known: Iterable[str], progress: Progress | None = None
) -> Sequence[Coined]:
    """Return words that texts use and neither the dictionary nor `known` has; minutes of work for a large library."""
    counted = Coinage(texts)
    counted.count(progress)
    return counted.coined(frozenset(map(fold, known)), progress)
