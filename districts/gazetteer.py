"""Find divisions by their names in a text, and tell those of one name apart by what stands around them.

A name counts whole (越秀区, 人民街道, 人民街) or bare (越秀, 人民). Bare names of counties and towns are also common
words (和平, 建设), so they count only next to a division above them, or where the text has the whole name too. What
cannot be told apart keeps all its codes: the caller decides what to ask.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from districts.models import DIVISION_LENGTHS, PLACEHOLDER_NAMES

# More than any article has.
MOST_MENTIONS = 40_000
# Longer names first where one begins like another.
PEOPLES = (
    "维吾尔|哈萨克|柯尔克孜|达斡尔|塔吉克|乌孜别克|俄罗斯|鄂温克|鄂伦春|蒙古|布依|朝鲜|土家|哈尼|傈僳|拉祜|东乡|纳西|景颇|仫佬|布朗|"
    "撒拉|毛南|仡佬|锡伯|阿昌|普米|德昂|保安|裕固|独龙|回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|京"
)
PEOPLE = re.compile(rf"(?:(?:{PEOPLES})族?)+(?=自治[州县旗区]|民族[乡镇])")
ENDINGS = re.compile(
    r"(?:特别行政区|自治[州县旗区]|民族[乡镇]|试验区|经济技术开发区|街道|苏木|地区|[省市区县旗盟镇乡])$"
)
REGIONS = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
}
# Names that are words of the language as well: only directly behind a division above them.
COMMON = re.compile(
    "城区|郊区|矿区|[东西南北中新林]区|新城区|老城区|城中区|市中区|工业园区|高新区|开发区|经济开发区|"
    "[新大前后上中老小]街|步行街|商业街|新镇|新市|城市|集镇|乡镇|街镇|城镇"
)
# A bare name before one of these is part of another name: 白山村, 海珠广场, 白云站.
NAMES_GO_ON = re.compile(
    r"(?:大?[村站桥]|社区|小区|花园|广场|公园|大学|学院|中学|小学|医院|机场|大道|[东西南北中]?[路街巷里湖山]|新城|酒店|银行|日报|晚报)"
)


# What may stand before the name of a street or town that nothing above it introduces; elsewhere it is part of a word.
NO_HAN = re.compile(r"[^\u4e00-\u9fff]|[在到于和与及由从向对以将经给让是的为把区县市省州盟旗]|$")


class Mention(NamedTuple):
    """A name at `start` to `end` and the codes it may stand for, one if that is decided."""

    start: int
    end: int
    name: str
    codes: tuple[str, ...]
    is_whole: bool

    @property
    def code(self) -> str:
        return self.codes[0] if len(self.codes) == 1 else ""


def forms_of(name: str) -> tuple[list[str], list[str]]:
    """Return how a division is called: its whole names, and what two or more characters are left without the ending."""
    if name in REGIONS:
        return [name], [REGIONS[name]]
    whole = [name]
    if name.endswith("街道"):
        whole.append(name[:-1])
    if name.endswith("经济技术开发区"):
        whole.append(name.removesuffix("经济技术开发区") + "经开区")
    short = PEOPLE.sub("", name)
    if short != name and len(short) > 3:
        whole.append(short.replace("自治", ""))
    bare = ENDINGS.sub("", short)
    return whole, [bare] if len(bare) >= 2 and bare != name else []


class Gazetteer:
    """All divisions by name; made once from pairs of code and name, and never changed."""

    def __init__(self, places: Iterable[tuple[str, str]]) -> None:
        self.names: dict[str, str] = {}
        self._whole: dict[str, tuple[str, ...]] = {}
        self._bare: dict[str, tuple[str, ...]] = {}
        for code, name in places:
            self.names[code] = name
            if name in PLACEHOLDER_NAMES:
                continue
            whole, bare = forms_of(name)
            for form in whole:
                self._whole[form] = (*self._whole.get(form, ()), code)
            for form in bare:
                self._bare[form] = (*self._bare.get(form, ()), code)
        lengths: dict[str, set[int]] = {}
        for form in (*self._whole, *self._bare):
            lengths.setdefault(form[:2], set()).add(len(form))
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}

    def full_name(self, code: str) -> str:
        """The name with those above it: 广东省广州市越秀区."""
        above = [code[:length] for length in DIVISION_LENGTHS if length < len(code) and code[:length].isdigit()]
        names = [self.names.get(part, "") for part in (*above, code)]
        return "".join(name for name in names if name not in PLACEHOLDER_NAMES)

    def find(self, text: str) -> list[Mention]:
        """All names in a text, the longest at each place, narrowed where one follows directly on another."""
        found: list[Mention] = []
        place, last = 0, len(text) - 1
        while place < last and len(found) < MOST_MENTIONS:
            lengths = self._lengths.get(text[place : place + 2])
            if lengths is None:
                place += 1
                continue
            for length in lengths:
                if len(form := text[place : place + length]) == length and (mention := self._at(form, place)):
                    found.append(mention)
                    place = mention.end
                    break
            else:
                place += 1
        return _settled(_chained(found), text)

    def _at(self, form: str, place: int) -> Mention | None:
        whole, bare = self._whole.get(form, ()), self._bare.get(form, ())
        if not (whole or bare):
            return None
        return Mention(place, place + len(form), form, whole or bare, bool(whole))

    def towns_called(self, bare: str, within: str) -> tuple[str, ...]:
        """Codes of the towns and streets of a county whose name without its ending is this: 大源 in 白云区."""
        if len(within) < 6:
            return ()
        return tuple(code for code in self._bare.get(bare, ()) if is_town(code) and code.startswith(within[:6]))


def is_town(code: str) -> bool:
    """Whether a code is that of a street or town; a zone's may be as long."""
    return len(code) == 9 and code.isdigit()


def above(code: str, other: str) -> bool:
    """Whether the first is a division over the second."""
    return code != other and other.startswith(code)


def _chained(mentions: list[Mention]) -> list[Mention]:
    """Narrow names that follow directly on each other: 越秀区 + 白云街 is the street there, 广州 + 海珠 a county."""
    chained = list(mentions)
    for place in range(1, len(chained)):
        before, mention = chained[place - 1], chained[place]
        if before.end != mention.start or not before.codes:
            continue
        below = tuple(code for code in mention.codes if any(above(over, code) for over in before.codes))
        if below:
            over = tuple(code for code in before.codes if any(above(code, one) for one in below))
            chained[place] = mention._replace(codes=below, is_whole=True)
            for back in range(place - 1, -1, -1):  # 朝阳区 in 长春市朝阳区南湖街 was already narrowed by its city
                chained[back] = chained[back]._replace(codes=over, is_whole=chained[back].is_whole or back == place - 1)
                if back == 0 or chained[back - 1].end != chained[back].start:
                    break
                over = tuple(code for code in chained[back - 1].codes if any(above(code, one) for one in over))
                if not over:
                    break
        elif mention.is_whole and any(map(is_town, mention.codes)):
            # A street that the table does not have under this county, whatever streets of its name there are elsewhere.
            chained[place] = mention._replace(codes=())
    return chained


def _settled(mentions: list[Mention], text: str) -> list[Mention]:
    """Leave out bare names that may be words, and common words that stand alone."""
    kept = []
    whole = set()
    for place, mention in enumerate(mentions):
        follows = place > 0 and mentions[place - 1].end == mention.start
        if mention.is_whole and len(mention.codes) == 1 and (follows or _stands_alone(mention, text)):
            whole.add(mention.codes[0])
    for place, mention in enumerate(mentions):
        behind = place > 0 and mentions[place - 1].end == mention.start
        follows = behind and bool(mentions[place - 1].codes)
        if mention.is_whole:
            if mention.codes and (follows or _stands_alone(mention, text)):
                kept.append(mention)
            continue
        if NAMES_GO_ON.match(text, mention.end):
            continue
        known = tuple(code for code in mention.codes if code in whole)
        high = tuple(code for code in mention.codes if len(code) <= 4)
        if known or high:
            kept.append(mention._replace(codes=known or high))
    return kept


def _stands_alone(mention: Mention, text: str) -> bool:
    if COMMON.fullmatch(mention.name):
        return False
    return not all(map(is_town, mention.codes)) or mention.start == 0 or bool(NO_HAN.match(text[mention.start - 1]))


def decide(codes: Sequence[str], around: Iterable[str]) -> tuple[str, ...]:
    """Choose among divisions of one name by those around them, nearest first: the one that shares most with the first
    that shares anything. Return all that are left.
    """
    left = tuple(codes)
    for near in around:
        if len(left) == 1:
            break
        for length in (9, 6, 4, 2):
            shared = tuple(code for code in left if code[:length] == near[:length] or above(code, near))
            if shared and len(near) >= length:
                left = shared
                break
    return left


class Places:
    """The names found in one text, to be asked for by their place in it."""

    def __init__(self, gazetteer: Gazetteer, text: str) -> None:
        self.gazetteer = gazetteer
        self.mentions = gazetteer.find(text)
        self._starts = [mention.start for mention in self.mentions]

    def within(self, start: int, end: int) -> list[Mention]:
        """Names that lie between two places of the text."""
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        return [mention for mention in self.mentions[first:last] if mention.end <= end]
