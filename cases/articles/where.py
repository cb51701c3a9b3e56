"""The division that a case belongs to: its lead body's, or a single place below it that the case is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cases.articles.context import Context
from cases.articles.found import BodyFound, Found, Passage
from districts.gazetteer import Mention, decide

EXAMPLE = re.compile(r"(?:例如|比如|譬如|其中|[,。;]如)[^。;!?]*$")
SITUATED = re.compile(r"(?:所在的?|位于|地处|坐落[于在]|落户|属地)[^,。;]{0,6}$")
TOO_MANY = 4  # provinces that an article of no place of its own names: it is about none of them
VILLAGE = re.compile(r"村|社区")
PUBLIC = frozenset({"committee", "working-committee", "leading-group", "department", "government"})


def district_of(
    heading: Sequence[Passage],
    leads: Sequence[BodyFound],
    body: Sequence[Passage],
    context: Context,
    fallback: Sequence[str],
) -> Found[str]:
    """Take the heading's passages (bodies apart), the lead bodies, the paragraphs, and codes of the whole article."""
    base, passages, why = _base(heading, leads, context, fallback)
    if not base:
        return Found(why="没有认出所在地", choices=tuple(fallback[:4]))
    if len(base) > 1:
        return Found(None, passages, "同名的区划不止一处，上下文不能断定，请选择", base)
    code = base[0]
    lower = _lower(code, leads, body, context)
    if lower is not None:
        below, passage, because, sure = lower
        if sure:
            return Found(below, (passage,), because, (below, code))
        return Found(
            code, passages, f"{why}；文中也提到下级的{context.knowledge.gazetteer.names.get(below, '')}", (code, below)
        )
    return Found(code, passages, why)


def _base(
    heading: Sequence[Passage], leads: Sequence[BodyFound], context: Context, fallback: Sequence[str]
) -> tuple[tuple[str, ...], tuple[Passage, ...], str]:
    codes = [body.district for body in leads if body.district]
    named = [mention for passage in heading for mention in context.places.within(*passage) if mention.codes]
    if codes:
        # Bodies of one place and of a zone in it work together there: the place of the first.
        first = codes[0]
        below = [mention.code for mention in named if mention.code.startswith(first) and mention.code != first]
        if len(set(below)) == 1:
            return (below[0],), tuple(Passage(mention.start, mention.end) for mention in named), "标题中的地名"
        return (first,), (leads[0].passage,), "主办单位所在的区划"
    if named:
        lowest = max(named, key=lambda mention: max(map(len, mention.codes)))
        left = decide(lowest.codes, context.around(lowest.start))
        return left, (Passage(lowest.start, lowest.end),), "标题中的地名"
    if fallback and len({code[:2] for code in fallback}) < TOO_MANY:
        return (fallback[0],), (), "文章所说的地方"
    return (), (), ""


def _lower(
    code: str, leads: Sequence[BodyFound], body: Sequence[Passage], context: Context
) -> tuple[str, Passage, str, bool] | None:
    """The one place below a division that the paragraphs name, and whether the case plainly is about it."""
    if len(code.partition("F")[0]) > 6 or "F" in code:
        return None
    places: dict[str, list[Mention]] = {}
    if not body:
        return None
    start, end = body[0].start, body[-1].end
    for mention in (mention for passage in body for mention in context.places.within(*passage)):
        left = [one for one in decide(mention.codes, (code,)) if one.startswith(code) and one != code]
        sentence = context.plain[max(start, mention.start - 60) : mention.start]
        if len(left) == 1 and not EXAMPLE.search(sentence):
            places.setdefault(left[0], []).append(mention)
    lowest = {
        one: found
        for one, found in places.items()
        if not any(other != one and other.startswith(one) for other in places)
    }
    villages = _villages(code, body, context)
    for one in villages:
        lowest.setdefault(one, [])
    if len(lowest) != 1:
        return None
    (below,) = lowest
    mentions, namesakes = lowest[below], villages.get(below, [])
    first = Passage(mentions[0].start, mentions[0].end) if mentions else namesakes[0]
    name = context.knowledge.gazetteer.names.get(below, "")
    if any(SITUATED.search(context.plain[max(start, one.start - 20) : one.start]) for one in mentions):
        return below, first, f"文中说明所在地是{name}", True
    public = not leads or leads[0].kind in PUBLIC
    if len(code) == 4 and public:
        return below, first, "", False
    count = len(mentions) + len(namesakes)
    opening = start + max(120, (end - start) // 3)
    if count >= 2 or first.start < opening:
        told = f"正文只说到这一处：{name}" if mentions else f"正文所说的村（社区）与{name}同名"
        return below, first, told, True
    return below, first, "", False


def _villages(code: str, body: Sequence[Passage], context: Context) -> dict[str, list[Passage]]:
    """Villages and neighbourhoods called like a town of the county: 大源村 is in 大源街道."""
    if len(code) != 6:
        return {}
    found: dict[str, list[Passage]] = {}
    for match in (match for passage in body for match in VILLAGE.finditer(context.plain, *passage)):
        end = match.start()
        for length in (4, 3, 2):
            towns = context.knowledge.gazetteer.towns_called(context.plain[end - length : end], code)
            if len(towns) == 1:
                found.setdefault(towns[0], []).append(Passage(end - length, end + len(match[0])))
                break
    return found
