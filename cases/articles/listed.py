"""Cases that an article only lists: a line or a table's row each, or one after the other in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.articles import bodies
from cases.articles.context import Context
from cases.articles.found import Passage
from cases.articles.lines import Line
from cases.articles.pieces import Piece

NUMBER_ALONE = re.compile(r"\d{1,3}[、.]?")
NUMBERED = re.compile(r"(?:\(?\d{1,3}[、.)]|第?[一二三四五六七八九十]{1,3}[、.名])\.? ?")
IN_BRACKETS = re.compile(r"\(([^()]{3,40})\)$")
SENT_BY = re.compile(r"^(?:报送|申报|推荐|选送|创建|责任)?单位[:：]")
LISTS = re.compile(r"名单|案例|品牌|工作法|项目|获奖|入选|入围|上榜")
LONGEST_ITEM, LEAST_ITEMS, WIDEST_GAP = 120, 3, 2
# A sentence that says who won names each of them: …局《…》、…公司“…”获评….
WINS = re.compile(
    r"入选|获评|荣获|获奖|获得|评为|上榜|夺得|摘得|脱颖而出|分别[是为]|(?:案例|品牌|项目|作品|名单)[是为]?[:：]"
)
NAMED = re.compile(r"《(?P<book>[^《》\n]{4,80})》|“(?P<quoted>[^“”\n]{2,24})”")
PAPERS = re.compile(r"(?:条例|办法|通知|通报|意见|规定|方案|公告|日报|晚报|杂志)$|^(?:关于|中华人民共和国|中国共产党)")
BREAK = re.compile(r"[，,。；;：:、》”()（）\n]")
JOINS = re.compile(r"[和及与由为是将]")
CALLED = re.compile(r"(?:(?:参赛|申报|报送|选送|推荐|打造|创建)的?)?(?:党建)?(?:项目|作品|案例|品牌|工作法)?$")
IN_ROW = re.compile(r"(?:[》、和:：]|作品|项目|案例)$")
AWARDED = re.compile(r"(?:获|评为|入选)[^，,；;。]{0,12}?((?:[特一二三]等|[金银铜]|优秀|优胜)奖)")
OFFICE = re.compile(r"[局委办厅院部社会站所处室队司团校]$|中心$|集团$|银行$")


def by_cells(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """A table of which every cell has become a line: a number alone, then as many lines as there are columns."""
    numbers = [number for number, line in enumerate(lines) if NUMBER_ALONE.fullmatch(line.plain)]
    values = [int(re.sub(r"\D", "", lines[number].plain)) for number in numbers]
    pieces: list[Piece] = []
    for place, (number, value) in enumerate(zip(numbers, values, strict=True)):
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        if following is not None and values[place + 1] == value + 1:
            width = following - number - 1
        elif pieces and values[place - 1] == value - 1:
            width = number - numbers[place - 1] - 1
        else:
            continue
        cells = lines[number + 1 : number + 1 + width]
        if 2 <= width <= 5 and (piece := _of_cells(lines[number], cells, number + 1 + width, context)):
            pieces.append(piece)
    return pieces if len(pieces) >= LEAST_ITEMS else []


def _of_cells(head: Line, cells: list[Line], after: int, context: Context) -> Piece | None:
    named = [cell for cell in cells if _is_sender(cell.plain, cell.start, context)]
    rest = [cell for cell in cells if cell not in named and len(cell.plain) >= 4]
    if not (named and rest) or len(named) == len(cells):
        return None
    longest = max(rest, key=lambda cell: len(cell.plain))
    return Piece(head.start, after, after, (longest.passage,), tuple(cell.passage for cell in named))


def by_item(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """1. 红色驿站（某区委组织部）: lines on end, each with the body that it is of, under words that announce a list."""
    pieces: list[Piece] = []
    last = -1
    announced = bool(title and LISTS.search(title.plain))
    for number, line in enumerate(lines):
        if len(line.plain) > LONGEST_ITEM or line.plain.endswith(("。", ";", ",")):
            continue
        piece = _of_item(line, number, context)
        if piece is None:
            announced = announced or bool(line.is_heading and LISTS.search(line.plain))
        elif announced and (not pieces or number - last <= WIDEST_GAP + 1):
            pieces.append(piece)
            last = number
    return pieces if len(pieces) >= LEAST_ITEMS else []


def _of_item(line: Line, number: int, context: Context) -> Piece | None:
    begins = match.end() if (match := NUMBERED.match(line.plain)) else 0
    sender = IN_BRACKETS.search(line.plain, begins)
    if sender is None or sender.start() - begins < 4:
        return None
    start = sender.start(1) + (match.end() if (match := SENT_BY.match(sender[1])) else 0)
    if not _is_sender(line.plain[start : sender.end(1)], line.start + start, context):
        return None
    named = line.part(start, sender.end(1))
    return Piece(line.start, number + 1, number + 1, (line.part(begins, sender.start()),), (named,))


def _is_sender(name: str, start: int, context: Context) -> bool:
    """Whether the words where a list names bodies are one; there the place of the article may go without saying."""
    return bodies.is_body(name, start, context) or (
        3 < len(name) <= 30
        and bool(bodies.kind_of(name) or OFFICE.search(name))
        and not bodies.VERBS.search(re.sub("组织|教育", "", name))
    )


def by_sentence(lines: list[Line], context: Context, title: Line | None) -> list[Piece]:
    """…局《…》、…公司“…”获评…: what a sentence says has won, each with the body before it, or in a row of 《》."""
    pieces: dict[str, Piece] = {}
    for number, line in enumerate(lines):
        if not WINS.search(line.plain):
            continue
        for sentence in re.finditer(r"[^。!?]+", line.plain):
            if WINS.search(sentence[0]):
                for piece in _in_sentence(line, number, sentence, context):
                    pieces.setdefault(piece.title[0].of(context.plain), piece)
    return list(pieces.values()) if len(pieces) >= LEAST_ITEMS else []


def _in_sentence(line: Line, number: int, sentence: re.Match[str], context: Context) -> Iterator[Piece]:
    in_row = False
    for match in NAMED.finditer(line.plain, sentence.start(), sentence.end()):
        named = match["book"] or match["quoted"]
        body = None if PAPERS.search(named) else _before(line, sentence.start(), match.start(), context)
        in_row = bool(match["book"]) and (
            bool(body) or bool(IN_ROW.search(line.plain, max(0, match.start() - 8), match.start()))
        )
        in_row = in_row and not PAPERS.search(named)
        if not (body or in_row):
            continue
        inside = line.part(*match.span("book" if match["book"] else "quoted"))
        place = None
        if match["book"] and (colon := re.match(r"[^:]{2,30}(?=:)", match["book"])):
            begins = match.start("book")
            if context.places.within(line.start + begins, line.start + begins + colon.end()):
                place = line.part(begins, begins + colon.end())
                inside = line.part(begins + colon.end() + 1, match.end("book"))
        start = body.start if body else inside.start
        piece = Piece(start, number + 1, number + 1, (inside,), (body,) if body else (), place, is_inline=True)
        if tier := AWARDED.search(line.plain, match.end(), sentence.end()):
            piece.tier = tier[1]
        yield piece


def _before(line: Line, start: int, end: int, context: Context) -> Passage | None:
    """The body whose name ends where a quotation begins, apart from a word for what it is."""
    words = line.plain[start:end]
    words = words[: CALLED.search(words).start()]  # type: ignore[union-attr]
    first = max((match.end() for match in BREAK.finditer(words)), default=0)
    begins = [first, *(first + match.end() for match in JOINS.finditer(words[first:]))]
    for begin in begins:
        name = words[begin:].strip()
        at = line.start + start + begin
        if 3 < len(name) <= 40 and (bodies.is_body(name, at, context) or _is_office(name, at, context)):
            return line.part(start + begin, start + len(words))
    return None


def _is_office(name: str, start: int, context: Context) -> bool:
    begins = context.places.within(start, start + len(name))
    return bool(begins and begins[0].start == start and OFFICE.search(name) and not bodies.VERBS.search(name))
