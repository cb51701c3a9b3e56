"""Read an article: say what it is, cut it into cases, and propose every field with where it stands and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cases.articles import bodies, lists, sections, sources, subjects, titles, where
from cases.articles.context import Context
from cases.articles.counting import counted, spoken_in
from cases.articles.cutting import Cut, Piece, cut, place_at
from cases.articles.found import ArticleFound, BodyFound, CaseFound, Found, Passage
from cases.articles.knowledge import Knowledge
from cases.articles.lines import Line, lines_of, of_the_article


def read(text: str, knowledge: Knowledge) -> ArticleFound:
    """Propose source, cases and list of a repaired text; whatever the text is, this answers and never fails."""
    lines = of_the_article(lines_of(text))
    if not lines:
        return ArticleFound(shape="没有可读的文字")
    context = Context(text, knowledge)
    told = sources.source_of(lines, context)
    content = [line for line in lines if line.start not in told.done and line is not told.title]
    if not content:
        return ArticleFound(told.source, shape="只有标题，没有正文")
    found = cut(content, context, told.title)
    if not found.pieces:
        return ArticleFound(told.source, shape="没有读出案例：正文太短，或不是中文")
    return _Reader(context, told, content, found).article()


LONGEST_INTRO = 6000
NOTICE = re.compile(r"通知|启事|公告|办法|细则|方案》?$|征集.{0,6}启动|推进会|座谈会|现场会|评审会|培训班|动员会")
COLUMN = re.compile(r"[^|丨]{2,24}[|丨] *(?=.*[\u4e00-\u9fff].{6})")
OF_ONE_YEAR = re.compile(
    r"年终|这一年|一年来|回[首顾眸](?:19|20)\d\d年|(?:19|20)\d\d年度?[^。;]{0,20}?(?:成绩单|总结|盘点|大事记|工作回顾)"
)


class _Reader:
    """One article once it is cut."""

    def __init__(self, context: Context, told: sources.Told, content: list[Line], found: Cut) -> None:
        self.context = context
        self.told = told
        self.content = content
        self.cut = found
        self.title = told.title.plain if told.title else ""
        self.subjects = subjects.Subjects(context)
        self.intro = self._intro()
        self.year = subjects.year_of(self.title, self._beginning(), told.source.published, context)
        beginning = f"{self.title}{self._beginning().of(context.plain)}"
        # A report on one year tells that year's numbers; the number of any other article may be of any time.
        self.year_told = self.year.value if OF_ONE_YEAR.search(beginning) else None
        self.spoken = spoken_in(told.source.published) or self.year.value
        self.contents = [content[piece.first : piece.last] for piece in found.pieces]
        self.captions = sections.captions_of(self.contents)
        self.is_one = len(found.pieces) == 1
        self.common = (
            () if any(piece.bodies or piece.signed or piece.place for piece in found.pieces) else self._common()
        )

    def article(self) -> ArticleFound:
        cases = tuple(self._case(piece, lines) for piece, lines in zip(self.cut.pieces, self.contents, strict=True))
        award = None
        if not self.is_one:
            tiers = [piece.tier for piece in self.cut.pieces]
            award = lists.list_of(self.title, self.intro, self.told.makers, tiers, self.year, self.context)
        shape = self.cut.shape
        if self.is_one and (notice := NOTICE.search(self.title)):
            shape = f"{shape}；标题里有“{notice[0]}”，也许没有案例，请核对"
        return ArticleFound(self.told.source, cases, award, shape)

    def _intro(self) -> Passage:
        lines = self.cut.intro
        return Passage(lines[0].start, min(lines[-1].end, lines[0].start + 20_000)) if lines else Passage(0, 0)

    def _beginning(self) -> Passage:
        """Where an article says what year it is about: the lines before its cases, or its first paragraphs."""
        lines = self.cut.intro or self.content[:2]
        return Passage(lines[0].start, min(lines[-1].end, lines[0].start + 4000))

    def _common(self) -> tuple[BodyFound, ...]:
        """The body whose article this is, where the cases name none: the only one that the beginning names."""
        context = self.context
        passages = [self.told.title.passage] if self.told.title else []
        lines = self.cut.intro or self.content
        first = next((line for line in lines[:6] if not line.is_heading), lines[0])
        for passage in (*passages, first.passage):
            named = [one for one in bodies.bodies_in(passage, context) if not bodies.only_helps(one, context)]
            found = {body.name: body for body in (bodies.body_at(one, context) for one in named)}
            if len(found) == 1:
                (body,) = found.values()
                return (body,)
        return ()

    def _case(self, piece: Piece, lines: Sequence[Line]) -> CaseFound:
        context = self.context
        end = (
            lines[-1].end
            if lines
            else max((passage.end for passage in (*piece.title, *piece.bodies)), default=piece.start)
        )
        whole = Passage(piece.start, max(end, piece.start))
        prose = [line for line in lines if line.start not in self.captions]
        body = Passage(prose[0].start, prose[-1].end) if prose else Passage(whole.end, whole.end)
        title = self._title(piece)
        heading = tuple(filter(None, (piece.place, *piece.title))) or (
            (self.told.title.passage,) if self.told.title else ()
        )
        leads = self._leads(piece)
        if not any(lead.district for lead in leads):
            heading = (*piece.bodies, *heading)
        parts = [line.passage for line in prose]
        district = where.district_of(heading, leads, parts, context, self._fallback())
        if not leads and self.is_one and district.value:
            of_place = bodies.bodies_of_place(district.value, body, context)
            leads = tuple(of_place) if len(of_place) == 1 else ()
        if not leads and self.is_one and (body_of := bodies.of_the_community(body, context)):
            leads = (body_of,)
            district = where.district_of(heading, leads, parts, context, self._fallback())
        brand = titles.brand_of(title, body, context)
        intro = f"{self.title}{self.intro.of(context.plain)[:LONGEST_INTRO]}"
        figures, honours = counted(body, self.year_told, self.spoken, context)
        own = leads if leads != self.common else ()
        named = " ".join((title.value or "", *(lead.name for lead in own)))
        return CaseFound(
            passage=whole,
            title=title,
            brand_name=brand,
            kind=titles.kind_of(title, brand, intro, body.of(context.plain)),
            leads=leads,
            district=district,
            sector=self.subjects.sector_of(named, body, {lead.kind for lead in leads}),
            themes=self.subjects.themes_of(title.value or "", body),
            year=self.year,
            start_year=subjects.start_year_of(body, context),
            figures=figures,
            honours=honours,
            tier=piece.tier,
            paragraphs=sections.paragraphs_of(lines, self.captions),
        )

    def _title(self, piece: Piece) -> Found[str]:
        if self.is_one and self.told.title is not None:
            title = self.told.title
            start = self._after_place(title, self._after_column(title))
            return titles.title_of((title.part(start, len(title.text)),), self.context, "文章的标题")
        return titles.title_of(piece.title, self.context, "案例的标题行")

    def _after_column(self, title: Line) -> int:
        """The name of a series or column before a bar is no part of a title: 某某巡礼 | …."""
        column = COLUMN.match(title.plain)
        return column.end() if column else 0

    def _after_place(self, title: Line, begins: int) -> int:
        end = place_at(title, begins, self.context)
        return end + 1 if end is not None and title.plain[end : end + 1] == ":" else begins

    def _leads(self, piece: Piece) -> tuple[BodyFound, ...]:
        context = self.context
        around = self._heading_codes(piece)
        if piece.signed and (body := bodies.led_by(piece.signed, context)):
            return (body,)
        if piece.bodies:
            return tuple(bodies.body_at(passage, context, around) for passage in piece.bodies)
        return self.common

    def _heading_codes(self, piece: Piece) -> tuple[str, ...]:
        passages = (*piece.bodies, *filter(None, (piece.place,)), *piece.title)
        return tuple(
            mention.code for passage in passages for mention in self.context.places.within(*passage) if mention.code
        )

    def _fallback(self) -> tuple[str, ...]:
        named = self.context.places.within(*self.told.title.passage) if self.told.title else []
        return tuple(dict.fromkeys((*(mention.code for mention in named if mention.code), *self.context.most_named)))
