"""Cut an article into cases: the first pattern that holds decides, and where none does there is one case."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cases.articles import bodies
from cases.articles.context import Context
from cases.articles.found import Passage
from cases.articles.lines import TIER, Line
from cases.articles.listed import by_cells, by_item, by_sentence
from cases.articles.pieces import Piece

DIGITS = "一二三四五六七八九十百〇零0-9"
LABEL = re.compile(
    r"[【\[(]?(关键词|典型案例|创新案例|优秀案例|案例|样本|亮点|典型|故事|品牌|项目|镜头|NO\.?|No\.?|TOP) ?(?:之|[.·])?"
    rf"([{DIGITS}]{{1,4}})[】\])]?"
    r" ?[:、.|丨 ]* ?"
)
NUMBER = re.compile(rf"(?:[(]([{DIGITS}]{{1,4}})[)]|第?([{DIGITS}]{{1,4}})(?:[、.:]|[名位]:?| (?=\D)))[、. ]*")
MARK = re.compile(r"[■●◆▲★□○◇▎▍]+ *")
OFFICE = re.compile(r"书记|部长|主任|局长|[区市县旗镇乡]长|校长|院长|董事长|总经理|会长|课题组|委员")
REPORTERS = re.compile(r"记者|通讯员|特约|综合报道|撰文|编辑|整理|来源")
COLUMN_NAMES = re.compile(
    r"(?:序号|编号|名次|排名)?(?:[ |]*\w{0,6}(?:单位|组织|机构|街道|地区|主体|案例|名称|题目|标题|项目|品牌)){2,4}"
)
ANNOUNCES_CASES = re.compile(r"案例|榜|品牌|经验|做法|工作法|典型|名单|获奖|选登|展示")
SHORTEST_LIST, MOST_CASES = 2, 300


@dataclass
class Cut:
    """An article cut into pieces; `shape` says in Chinese how, `intro` are the lines before the first."""

    shape: str
    pieces: list[Piece] = field(default_factory=list)
    intro: Sequence[Line] = ()


def cut(lines: list[Line], context: Context, title: Line | None) -> Cut:
    patterns: tuple[tuple[str, Callable[[list[Line], Context, Line | None], list[Piece]]], ...] = (
        ("编号的关键词或案例，每个一例", by_label),
        ("表格：每行一例", by_row),
        ("表格：每行一例", by_cells),
        ("名单：每行一例", by_item),
        ("单位、标题、正文，每个单位一例", by_body),
        ("标题后有署名，每个署名一例", by_signature),
        ("以地名或单位开头的标题，每个一例", by_place),
        ("编号的标题，每个一例", by_number),
        ("文中列举的名称，每个一例", by_sentence),
    )
    for shape, pattern in patterns:
        pieces = _apart(pattern(lines, context, title), lines)
        if len(pieces) >= SHORTEST_LIST:
            if len(pieces) > MOST_CASES:
                shape, lines = f"{shape}；超过 {MOST_CASES} 例，只读前 {MOST_CASES} 例", _until(pieces, lines)
            _end(pieces, lines)
            _rank(pieces, lines)
            return Cut(shape, pieces, lines[: _line_at(lines, pieces[0].start)])
    return Cut("未见分例的格式，全文作一个案例", _whole(lines, title))


def _apart(pieces: list[Piece], lines: list[Line]) -> list[Piece]:
    """Leave out a case whose heading is already the title of the one before."""
    kept: list[Piece] = []
    for piece in pieces:
        if not kept or piece.is_inline or piece.start >= lines[kept[-1].first - 1].end:
            kept.append(piece)
    return kept


def _until(pieces: list[Piece], lines: list[Line]) -> list[Line]:
    """Leave out the cases beyond the most that are read, and return the lines before them."""
    first = pieces[MOST_CASES].start
    del pieces[MOST_CASES:]
    return lines[: _line_at(lines, first)]


def _whole(lines: list[Line], title: Line | None) -> list[Piece]:
    """One case, if there is anything to read: a sentence of some Chinese."""
    if sum(len(re.findall(r"[\u4e00-\u9fff]", line.plain[:400])) for line in lines[:200]) < 30:
        return []
    start = title.start if title else lines[0].start
    signed = next((line for line in lines[:6] if _signs(line)), None)
    return [Piece(start, 0, len(lines), (title.passage,) if title else (), signed=signed)]


def _end(pieces: list[Piece], lines: list[Line]) -> None:
    """Each case ends where the next begins, or where a new tier is announced."""
    starts = [_line_at(lines, piece.start) for piece in pieces[1:]]
    for piece, following in zip(pieces, [*starts, len(lines)], strict=True):
        tiers = (number for number in range(piece.first, min(piece.last, following)) if lines[number].is_tier)
        piece.last = min(piece.last, following, next(tiers, following))
    # Behind a list of names alone come congratulations, no text of the last one.
    if not any(piece.first < piece.last for piece in pieces[:-1]) and len(pieces) > SHORTEST_LIST:
        last = pieces[-1]
        if all(line.is_heading or len(line.plain) <= 30 for line in lines[last.first : last.last]):
            last.last = last.first


def _line_at(lines: Sequence[Line], start: int) -> int:
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        if lines[middle].end > start:
            high = middle
        else:
            low = middle + 1
    return low


def _rank(pieces: list[Piece], lines: list[Line]) -> None:
    """Give each case the tier that was announced last before it."""
    tiers = [(line.start, match[1]) for line in lines if (match := TIER.fullmatch(line.plain))]
    place, tier = 0, ""
    for piece in pieces:
        while place < len(tiers) and tiers[place][0] < piece.start:
            tier, place = tiers[place][1], place + 1
        piece.tier = piece.tier or tier


def _signs(line: Line) -> bool:
    """Whether a line is a name under a heading, with the office held: ■某某区委书记 张某."""
    mark = MARK.match(line.plain)
    return bool(
        mark
        and len(line.plain) <= 60
        and OFFICE.search(line.plain)
        and not REPORTERS.search(line.plain[: mark.end() + 16])
    )


def by_label(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """关键词一：…, 案例3 …, 【案例一】…; the words behind are the title, or else the heading that follows."""
    anchors = [
        (number, match)
        for number, line in enumerate(lines)
        if line.is_heading and (match := LABEL.match(line.plain)) and len(line.plain) - match.end() <= 50
    ]
    words = [match[1] for _, match in anchors]
    if len(set(words)) != 1:
        anchors = [anchor for anchor in anchors if words.count(anchor[1][1]) >= SHORTEST_LIST]
        anchors = [anchor for anchor in anchors if anchors and anchor[1][1] == anchors[0][1][1]]
    return [_headed(lines, number, match.end(), context) for number, match in anchors]


def by_body(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """A line of bodies, a heading, paragraphs; or the heading first and the bodies below it."""
    named = {number: found for number, line in enumerate(lines) if (found := bodies.bodies_of_line(line, context))}
    groups = [number for number in named if number - 1 not in named]
    pieces, above = [], 0
    for number in groups:
        after, found = number, ()
        while after in named:
            found += named[after]
            after += 1
        if after >= len(lines):
            continue
        follows = lines[after]
        if follows.is_heading and (after + 1 == len(lines) or not lines[after + 1].is_tier):
            pieces.append(Piece(lines[number].start, after + 1, len(lines), (follows.passage,), found))
        elif number and not follows.is_heading and _is_title(lines[number - 1]):
            head = lines[number - 1]
            pieces.append(Piece(head.start, after, len(lines), (head.passage,), found))
            above += 1
        elif not follows.is_heading:
            pieces.append(Piece(lines[number].start, after, len(lines), (), found))
    return pieces


def _is_title(line: Line) -> bool:
    return line.is_heading and not line.is_tier and len(line.plain) >= 5


def by_signature(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """A heading of one or two lines, then ■ and who signs; or ■ and a place, then a heading or the text."""
    pieces = []
    for number, line in enumerate(lines):
        mark = MARK.match(line.plain)
        if mark is None or len(line.plain) > 60:
            continue
        if _signs(line):
            first = number
            while first and number - first < 2 and lines[first - 1].is_heading and not lines[first - 1].is_tier:
                first -= 1
                if first and not lines[first - 1].plain.endswith((":", "——")):
                    break
            if first < number:
                pieces.append(_headed(lines, first, 0, context, signed=line, until=number))
        elif line.is_heading and not REPORTERS.search(line.plain[: mark.end() + 16]):
            if place_at(line, mark.end(), context) is None:
                continue
            pieces.append(_headed(lines, number, mark.end(), context))
    return pieces


def by_place(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """江苏苏州：… as headings, numbered or not, each of another place or body."""
    pieces = []
    for number, line in enumerate(lines):
        if line.is_tier or not line.is_heading:
            continue
        match = NUMBER.match(line.plain)
        begins = match.end() if match else 0
        if (end := place_at(line, begins, context)) is not None and ":" in line.plain[end : end + 1]:
            pieces.append(_headed(lines, number, begins, context))
    names = {piece.place and piece.place.of(context.plain) for piece in pieces}
    return pieces if len(names) >= SHORTEST_LIST else []


def place_at(line: Line, begins: int, context: Context) -> int | None:
    """Where the place or body ends with which a heading begins, or None if it begins otherwise."""
    start = line.start + begins
    rest = line.plain[begins:]
    colon = re.match(r"[^:]{2,40}(?=:)", rest)
    if colon:
        name = colon[0].strip()
        if bodies.is_body(name, start, context):
            return begins + colon.end()
        inside = context.places.within(start, start + colon.end())
        if inside and inside[0].start <= start + 2 and inside[-1].end >= start + len(name) - 8:
            return begins + colon.end()
        return None
    inside = context.places.within(start, line.end)
    if inside and inside[0].start == start:
        end = inside[0].end
        for mention in inside[1:]:
            if mention.start == end:
                end = mention.end
        return end - line.start
    return None


def by_number(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """一、…, （一）…, 1. … where the headings name bodies, places or brands; else they are parts of one story."""
    styles: dict[str, list[tuple[int, re.Match[str]]]] = {}
    for number, line in enumerate(lines):
        if line.is_heading and (match := NUMBER.match(line.plain)):
            styles.setdefault(_style(match), []).append((number, match))
    announced = bool(ANNOUNCES_CASES.search(title.plain if title else "")) or any(line.is_tier for line in lines[:400])
    for anchors in styles.values():
        telling = sum(_tells_a_case(lines[number], match.end(), context, announced) for number, match in anchors)
        if len(anchors) >= SHORTEST_LIST and telling >= 0.6 * len(anchors):
            return [_headed(lines, number, match.end(), context) for number, match in anchors]
    return []


def _style(match: re.Match[str]) -> str:
    return re.sub(
        rf"[{DIGITS}]+", lambda digits: "0" if digits[0].isdigit() and digits[0].isascii() else "一", match[0]
    ).strip()


def _tells_a_case(line: Line, begins: int, context: Context, announced: bool) -> bool:
    if place_at(line, begins, context) is not None:
        return True
    if bodies.is_body(line.plain[begins:].split(" ")[0], line.start + begins, context):
        return True
    return announced and bool(re.search(r"[“《\"]", line.plain[begins:]))


def by_row(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """A table pasted as text: number, body and title in columns, with or without the names of the columns."""
    pieces: list[Piece] = []
    has_header = False
    for number, line in enumerate(lines):
        if line.is_heading and COLUMN_NAMES.fullmatch(line.plain):
            has_header = True
        elif piece := _row(line, _cells(line), has_header, context, number):
            pieces.append(piece)
    return pieces if len(pieces) >= 3 or has_header else []


def _cells(line: Line) -> list[tuple[int, int]]:
    """Places of the cells within a line: parted by tabs, bars or two blanks; after a number one blank will do."""
    raw = line.text
    wide = r"\t+|\|| {2,}|\u3000+"
    parted = wide if re.search(wide, raw) else r" +" if re.match(r"\d{1,3} ", raw) else ""
    if not parted:
        return []
    cells, place = [], 0
    for gap in re.finditer(parted, raw):
        cells.append((place, gap.start()))
        place = gap.end()
    cells.append((place, len(raw)))
    return [(start, end) for start, end in cells if raw[start:end].strip()]


def _row(line: Line, cells: list[tuple[int, int]], has_header: bool, context: Context, number: int) -> Piece | None:
    if cells and re.fullmatch(r"\d{1,3}[、.]?", line.plain[slice(*cells[0])].strip()):
        cells = cells[1:]
    elif not has_header:
        return None
    if not 2 <= len(cells) <= 5:
        return None
    named = [cell for cell in cells if bodies.is_body(line.plain[slice(*cell)].strip(), line.start + cell[0], context)]
    rest = [cell for cell in cells if cell not in named and len(line.plain[slice(*cell)].strip()) >= 4]
    if not (named and rest):
        return None
    title = max(rest, key=lambda cell: cell[1] - cell[0])
    return Piece(line.start, number + 1, number + 1, (line.part(*title),), tuple(line.part(*cell) for cell in named))


def _headed(
    lines: list[Line], number: int, begins: int, context: Context, signed: Line | None = None, until: int = 0
) -> Piece:
    """A case that begins with a heading; a place or body before its colon is no part of the title."""
    line = lines[number]
    first = until + 1 if signed else number + 1
    end = place_at(line, begins, context)
    place: Passage | None = None
    found: tuple[Passage, ...] = ()
    title = line.part(begins, len(line.text))
    rest = line.plain[begins:].strip()
    if end is not None and end < len(line.plain) and line.plain[end] == ":":
        place, title = line.part(begins, end), line.part(end + 1, len(line.text))
    elif (end is not None and end == len(line.plain)) or bodies.is_body(rest, line.start + begins, context):
        place, title = line.part(begins, len(line.text)), Passage(line.end, line.end)
    if place and bodies.is_body(place.of(context.plain), place.start, context):
        found = (place,)
    titles: tuple[Passage, ...] = (title,) if title.end > title.start else ()
    more = range(number + 1, until) if signed else range(number + 1, min(number + 2, len(lines)))
    for after in more:
        named = bodies.bodies_of_line(lines[after], context)
        if named and not signed:
            found, first = found + named, after + 1
        elif not titles and lines[after].is_heading and not lines[after].is_tier:
            titles, first = (lines[after].passage,), max(first, after + 1)
    return Piece(line.start, first, len(lines), titles, found, place, signed)
