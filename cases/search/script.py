"""Traditional and Simplified as OpenCC has them, for whoever stores a text: search itself folds by characters."""

from __future__ import annotations

from functools import cache
from typing import Any

# Changed by tw2s although Simplified has them, too, as names or in words of their own (《通用规范汉字表》):
# a text with one of them shows nothing by it.
BOTH_SCRIPTS = frozenset("昇陞甦甯祕氾谿劄吒脩珮讎剋龢摺徵乾著於後瞭叄邨濛崑崙迺鉅鍾夥拚薹袷醣么")
# What tw2s leaves although no Simplified text has it; in pairs.
LEFT_BY_OPENCC = "衞卫揹背敍叙鎗枪讬托拏拿燄焰荳豆籐藤菓果隄堤牠它暱昵枱台妳你倣仿凖准縂总徧遍缐线"
HAN = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]


@cache
def _converter(name: str) -> Any:
    from opencc import OpenCC

    return OpenCC(name)


def to_simplified(text: str) -> str:
    """Return a text in Simplified characters, phrase by phrase, as long as before: what would not be is left."""
    converted = _converter("tw2s").convert(text)
    if len(converted) != len(text):
        converted = "".join(one if len(one) == 1 else character for character in text for one in [_alone(character)])
    return converted


def to_traditional(text: str) -> str:
    return _converter("s2t").convert(text)


@cache
def _alone(character: str) -> str:
    return _converter("tw2s").convert(character)


@cache
def traditional_only() -> dict[str, str]:
    """What only Traditional texts have, and what stands for it in Simplified ones."""
    found = dict(zip(LEFT_BY_OPENCC[::2], LEFT_BY_OPENCC[1::2], strict=True))
    for character in map(chr, HAN):
        simple = character
        while (further := _alone(simple)) != simple and len(further) == 1 and simple not in BOTH_SCRIPTS:
            if _is_in(simple, "gb2312"):
                break
            simple = further
        if simple != character:
            found[character] = simple
    return found


@cache
def simplified_only() -> frozenset[str]:
    """What only Simplified texts have."""
    return frozenset(one for one in traditional_only().values() if not _is_in(one, "big5"))


def _is_in(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@cache
def families() -> dict[str, tuple[str, ...]]:
    """All Han characters that count as one: by how search folds them."""
    from cases.search.analysis import fold

    found: dict[str, list[str]] = {}
    for character in map(chr, HAN):
        found.setdefault(fold(character), []).append(character)
    return {folded: tuple(ones) for folded, ones in found.items()}


def family(character: str) -> tuple[str, ...]:
    """All characters that search takes for this one, itself included."""
    from cases.search.analysis import fold

    return families().get(fold(character), (character,))


@cache
def is_common(character: str) -> bool:
    """Whether a character, or another form of it, is among the 3,755 that GB 2312 has on its first level."""
    return any(_is_in(one, "gb2312") and one.encode("gb2312")[0] <= 0xD7 for one in family(character))
