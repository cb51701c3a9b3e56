"""An article as lines: what is a heading, what a paragraph, and what belongs to the page around the article."""

from __future__ import annotations

import re
from typing import NamedTuple

from cases.articles.found import Passage

# One character for one, so that places stay what they are: full width to half width, every blank a blank.
WIDE = {ord("　"): " ", ord("\xa0"): " ", ord("\t"): " ", ord("﹕"): ":", ord("∶"): ":", ord("｜"): "|"}
PLAIN = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | WIDE
LONGEST_HEADING = 60
MOST_LINES = 20_000
NO_HEADING = re.compile(r"[。!?;,、…~]$|[。;].")
QUESTION = re.compile(r"[^。!?,;]{3,24}\?")
TIER = re.compile(
    r"(?:[【\[(“]?)(?:([特一二三四优][等秀]奖|优秀(?:案例)?奖?|最佳\w{0,6}奖?|[金银铜]奖|入围奖?|提名奖?|第[一二三四五六七八九十]{1,2}名|"
    r"[十百][大佳优]\w{0,8}案例|(?:十佳|优秀|典型|示范)\w{0,6}案例))(?:[】\])”]?)(?: ?\(?共?\d+[个项名件]\)?)?:?"
)
# From here to the end an article page has nothing of the article any more.
AFTER_ARTICLE = re.compile(
    r"(?:版权声明|免责声明|特别声明|推荐阅读|相关阅读|相关新闻|相关链接|相关文档|相关附件|延伸阅读|热门推荐|猜你喜欢|上一篇|下一篇|"
    r"友情链接|网站地图|附件:|扫一扫|微信扫码|[-=—_*·. ]{4,}+"
    r"(?:.{1,8}(?<=[^-=—_*·. ])[-=—_*·. ]{4,}+$|(?<=[-=—_*·. ]{8})$)|[-=—_]{6,})"
)
PAGE = re.compile(
    r"(?:您?(?:现在|当前)?(?:所在)?的?位置 ?[:是]|首页|欢迎(?:访问|光临|您)|已有\d+人|"
    r"我要(?:留言|评论)|热门(?:跟贴|评论)|全部评论|友情链接|打印(?:本页)?|关闭(?:窗口)?|收藏|分享到?|字号|字体|"
    r"浏览(?:次数|量)?|阅读(?:次数|量)|点击(?:数|量)|"
    r"登录|注册|返回|无障碍|设为首页|【?[大中小]( [大中小])+】?|责任编辑|责编|"
    r"编辑[:/]|校对|审核[:/]|排版|监制|值班|初审|复审|终审|图片来源|投稿|"
    r"微信公众号|微博|客户端下载|相关附件:?|相关文档:?)"
)
# What pages of papers put around an article: 上一版 下一版, 版面导航; a line of nothing else is none of it.
CONTROLS = re.compile(
    r"(?:[上下][一1][版篇页期条]|(?:[本各]版|版面|视觉|标题|往期|全部)?导航|以往报纸|往期回顾|(?:查看)?本?版?大图|放大|缩小|默认|返回(?:目录|首页|列表)?|"
    r"数字报纸?|电子报(?:纸|阅读机)?|电子版|阅读机|手机版|下载|打印|纠错|分享|收藏|评论|首页|目录|官方网站|唯一官网|官网|星期[一二三四五六日天]|"
    r"(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?|(?:日期|字号|版面?|时间)[: ]*[\w-]*|"
    r"第?[A-Z]?\d{1,5} ?版?[: ]*[\u4e00-\u9fff]{0,4}|[\W_\d])++"
)
ONE_CONTROL = re.compile(
    r"[上下][一1][版篇页期条]|导航|阅读机|数字报|电子[报版]|官方网站|官网|打印|纠错|字号|目录|手机版"
)
NAVIGATION = re.compile(
    r">>|»|(?:日 ?报|周 ?报|杂 ?志|人民网|新华网|光明网|论坛|博客|English){1}.*(?:日 ?报|周 ?报|杂 ?志|人民网|新华网)"
)


PAGE_NUMBER = re.compile(r"第 ?\d{1,3} ?页(?:[,/ ]*共 ?\d{1,3} ?页)?|[-—] ?\d{1,3} ?[-—]")
CRUMBS = re.compile(r"(?:[\u4e00-\u9fff]{2,10})?(?: ?> ?[\u4e00-\u9fff]{2,10}){1,6} ?>?")
LIST_NAME = re.compile(r"名单$|名单[（(:]")
SAYS_SOURCE = re.compile(r"(?:来源|时间|日期) ?[:] ?\w")


class Line(NamedTuple):
    """One line without the blanks around it; `plain` is `text` in half width, character for character."""

    start: int
    end: int
    text: str
    plain: str
    is_heading: bool  # short, and no sentence: what a reader takes for a heading, a body's name or a caption

    @property
    def passage(self) -> Passage:
        return Passage(self.start, self.end)

    @property
    def is_tier(self) -> bool:
        return bool(TIER.fullmatch(self.plain))

    def part(self, start: int, end: int) -> Passage:
        """Two places within the line as places in the article, without the blanks around."""
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        return Passage(self.start + start, self.start + start + len(piece.strip()))


def plain(text: str) -> str:
    return text.translate(PLAIN)


def lines_of(text: str) -> list[Line]:
    """All lines that are not empty."""
    found = []
    folded = plain(text)
    for match in re.finditer(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+", folded):
        piece = match[0]
        start = match.start() + len(piece) - len(piece.lstrip())
        if stripped := piece.strip():
            end = start + len(stripped)
            found.append(Line(start, end, text[start:end], stripped, _is_heading(stripped)))
            if len(found) == MOST_LINES:
                break
    return found


def _is_heading(plain: str) -> bool:
    if not 2 <= len(plain) <= LONGEST_HEADING:
        return False
    return not NO_HEADING.search(plain) or bool(QUESTION.fullmatch(plain))


def of_the_article(lines: list[Line]) -> list[Line]:
    """Leave out navigation, and all from the copyright notice or the recommendations on."""
    kept = []
    half, read = sum(len(line.plain) for line in lines) / 2, 0
    for number, line in enumerate(lines):
        read += len(line.plain)
        if line.plain.startswith("原标题:") and (number > len(lines) / 2 or lines[number + 1].is_heading):
            continue
        if AFTER_ARTICLE.match(line.plain):
            # By characters: below the notice a page may have more lines than the article has.
            if read > half and not any(LIST_NAME.search(below.plain) for below in lines[number + 1 : number + 4]):
                break
            if line.is_heading:
                continue
        if len(line.plain) <= LONGEST_HEADING and _is_of_the_page(line.plain):
            continue
        kept.append(line)
    return kept


def _is_of_the_page(plain: str) -> bool:
    if PAGE_NUMBER.fullmatch(plain) or CRUMBS.fullmatch(plain):
        return True
    if PAGE.match(plain) or (NAVIGATION.search(plain) and not SAYS_SOURCE.search(plain)):
        return True
    if plain.endswith(("官方网站", "唯一官网")):
        return True
    return bool(ONE_CONTROL.search(plain) and CONTROLS.fullmatch(plain))


def tidied(text: str) -> str:
    """A name or heading as it is entered: single blanks, brackets in full width beside Han characters."""
    text = re.sub(r"\s+", " ", text.translate(WIDE)).strip()
    return re.sub(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)", r"（\1）", text)
