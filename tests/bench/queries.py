"""Queries of every kind that readers type, drawn from the library itself; each is asked once, so no answer is kept."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import jieba
from opencc import OpenCC

from cases import search
from cases.models import Case
from tests.generated import listed

SAMPLE = 300
HAN = re.compile(r"[\u4e00-\u9fff]+")
# Of other worlds than the library's; whether they are really in no case is asked.
FOREIGN = listed(
    "潜水艇 火山口 恐龙化石 咖啡拉花 量子纠缠 冰川漂移 歌剧咏叹 马术障碍 深海热泉 巴洛克 超新星 驯鹿 琴弓 滑翔伞 "
    "珊瑚礁 象牙塔尖 黑洞视界 弗拉明戈 击剑护面 鹦鹉螺"
)
QUESTIONS = [
    "{place}怎样用{word}解决{other}的问题？",
    "哪些地方在{word}和{other}方面有好的做法",
    "{word}工作中如何发挥党员的作用？",
    "有没有{place}关于{word}的经验可以学习",
    "为什么要把{word}和{other}结合起来？",
]


def text_of(case: Case) -> str:
    """All that a reader reads of a case's own words."""
    return "\n".join([case.title, case.summary, *(text for _, _, text in case.sections)])


class Vocabulary:
    """Words and characters of a sample of the public cases, with the number of sampled cases they are in."""

    def __init__(self, chance: random.Random, sample: int = SAMPLE) -> None:
        self.chance = chance
        public = Case.objects.visible_to(None).select_related("district")
        keys = list(public.order_by("pk").values_list("pk", flat=True))
        chosen = public.in_bulk(chance.sample(keys, min(sample, len(keys))))
        self.cases = [chosen[key] for key in sorted(chosen)]
        self.words: Counter[str] = Counter()
        self.characters: Counter[str] = Counter()
        for case in self.cases:
            text = text_of(case)
            self.words.update({word for word in jieba.cut(text) if len(word) > 1 and HAN.fullmatch(word)})
            self.characters.update({character for character in text if HAN.match(character)})
        self.ranked = [word for word, _ in self.words.most_common()]
        self.middling = self.ranked[len(self.ranked) // 50 : len(self.ranked) // 4] or self.ranked

    def run(self, least: int, most: int) -> str:
        """Return a stretch of a case's text without punctuation."""
        while True:
            stretches = [run for run in HAN.findall(text_of(self.chance.choice(self.cases))) if len(run) >= least]
            if stretches:
                stretch, length = self.chance.choice(stretches), self.chance.randint(least, most)
                start = self.chance.randint(0, max(0, len(stretch) - length))
                return stretch[start : start + length]


def by_kind(words: Vocabulary, count: int) -> dict[str, list[str]]:
    """Return up to `count` different queries of each kind."""
    to_traditional = OpenCC("s2t").convert
    chance, middling = words.chance, words.middling
    return {
        "frequent word": words.ranked[:count],
        "rare word": _rare(words)[:count],
        "several words": _different(count, lambda: " ".join(chance.sample(middling, min(chance.randint(2, 3), 3)))),
        "phrase": _different(count, lambda: f'"{words.run(5, 10)}"'),
        "natural question": _different(count, lambda: _question(words)),
        "excluded": _different(count, lambda: f"{chance.choice(words.ranked[:100])} -{chance.choice(middling)}"),
        "nothing found": list(islice(_unanswered(chance), count)),
        "Traditional": [to_traditional(run) for run in _different(count, lambda: words.run(3, 6))],
        "one character": [character for character, _ in words.characters.most_common()][: 8 * count : 8],
    }


def in_turn(kinds: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield (kind, query), a query of each kind after the other, so that no kind meets a busier machine."""
    for place in range(max(map(len, kinds.values()))):
        for kind, queries in kinds.items():
            if place < len(queries):
                yield kind, queries[place]


def _rare(words: Vocabulary) -> list[str]:
    """Brands first, then words that one sampled case alone has."""
    brands = [case.brand_name for case in words.cases if case.brand_name]
    single = [word for word in words.ranked if words.words[word] == 1]
    mixed = [word for pair in zip(brands, single, strict=False) for word in pair]
    return list(dict.fromkeys([*mixed, *brands, *single]))


def _question(words: Vocabulary) -> str:
    case = words.chance.choice(words.cases)
    word, other = words.chance.sample(words.middling, 2)
    place = case.district.name if case.district else ""
    return words.chance.choice(QUESTIONS).format(place=place, word=word, other=other)


def _unanswered(chance: random.Random) -> Iterator[str]:
    pairs = [f"{one} {other}" for one in FOREIGN for other in FOREIGN if one != other]
    for query in [*FOREIGN, *chance.sample(pairs, len(pairs))]:
        if not search.search(query, Case.objects.visible_to(None)).ids:
            yield query


def _different(count: int, draw: Callable[[], str]) -> list[str]:
    """Draw until there are so many different ones, or a small library has no more."""
    found: dict[str, None] = {}
    for _ in range(20 * count):
        found.setdefault(draw())
        if len(found) == count:
            break
    return list(found)
