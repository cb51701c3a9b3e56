"""Articles that only list cases are read as lists, and what pages, datelines and tables say is taken for what it is."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from cases.articles import read
from cases.articles.files import read_file
from cases.articles.found import ArticleFound
from tests.bench.articles import shipped_knowledge

pytestmark = pytest.mark.any_database

UNKNOWN = shipped_knowledge(bodies=False)
ROWS = (
    ("序号", "品牌名称", "单位"),
    ("1", "“楼门会客厅”工作法", "湖南省长沙市岳麓区某某社区"),
    ("2", "“田埂课堂”党建品牌", "湖南省长沙市望城区某某村"),
    ("3", "“码头先锋”党建品牌", "湖南省长沙市开福区某某街道"),
)
STORY = "党员带头认领公共事务，每月议一次事，让老楼道有人打理，居民的怨言少了，邻里之间常来常往。"


def named(found: ArticleFound) -> list[tuple[Any, list[str], Any]]:
    return [(case.title.value, [body.name for body in case.leads], case.district.value) for case in found.cases]


def test_each_line_of_a_list_that_names_its_body_in_brackets_is_a_case() -> None:
    text = (
        "长沙市党建创新项目揭晓\n市委组织部近日举行评选，各单位申报项目40个，长沙市各区县踊跃参加。\n相关链接\n入选项目名单\n"
        "1.楼门里的会客厅（市教育局）\n2.“两问三答”工作法（望城区委组织部）\n3.夜校开进工棚,书声响在工地（市总工会）\n来源：本地晚报"
    )
    assert named(read(text, UNKNOWN)) == [
        ("楼门里的会客厅", ["长沙市教育局"], "4301"),
        ("“两问三答”工作法", ["望城区委组织部"], "430112"),
        ("夜校开进工棚,书声响在工地", ["长沙市总工会"], "4301"),
    ]
    assert len(read(text.replace("项目", "情况").replace("入选情况名单", "与会同志"), UNKNOWN).cases) == 1


def test_a_body_and_a_title_by_turns_are_cases_and_congratulations_are_none() -> None:
    text = (
        f"汕头市的三个项目获得好名次，市里的评委逐一点评。{STORY}\n市公安局\n《警灯亮在巷口》\n市民政局\n《寻亲路上有党员》\n"
        "市水务局\n《河边的支部》\n祝贺各获奖单位！\n再接再厉，更上一层楼"
    )
    found = read(text, UNKNOWN)
    assert [names for _, names, _ in named(found)] == [["汕头市公安局"], ["汕头市民政局"], ["汕头市水务局"]]
    assert not any(case.paragraphs for case in found.cases)


def test_what_a_sentence_says_has_won_are_cases_with_body_and_tier() -> None:
    text = (
        "襄阳市喜获佳绩\n襄阳市传来消息，市财政局“算盘先锋”、市水利局“清流支部”和市城郊检察院《榕树下的检察官》荣获二等奖，"
        "大家以“见贤思齐”为题座谈。市卫健局“榕树药箱”也到场。\n座谈会上，大家学习了《关于加强基层党建的意见》。"
    )
    found = read(text, UNKNOWN)
    assert [title for title, _, _ in named(found)] == ["算盘先锋", "清流支部", "榕树下的检察官"]
    assert [names for _, names, _ in named(found)][:2] == [["襄阳市财政局"], ["襄阳市水利局"]]
    assert {case.tier for case in found.cases} == {"二等奖"}
    assert len(read(text.replace("荣获二等奖", "各有特色"), UNKNOWN).cases) == 1


def test_titles_in_a_row_are_cases_of_the_places_that_they_begin_with() -> None:
    text = (
        "优秀案例公布\n上海市入选的优秀案例为：《上海市金山区：田头的邻里党建》《上海市闵行区：物业里的党支部》"
        "《上海市宝山区：手机上的居委会》。"
    )
    assert [(title, code) for title, _, code in named(read(text, UNKNOWN))] == [
        ("田头的邻里党建", "310116"),
        ("物业里的党支部", "310112"),
        ("手机上的居委会", "310113"),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
def test_a_table_is_read_by_rows_from_cells_a_page_or_a_document(order: tuple[int, ...]) -> None:
    rows = [[row[place] for place in order] for row in ROWS]
    heading = "2021年优秀党建品牌名单"
    document = Document()
    document.add_paragraph(heading)
    table = document.add_table(0, 3)
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    document.save(stored := io.BytesIO())
    cells = "".join(f"<tr>{''.join(f'<td><p>{words}</p></td>' for words in row)}</tr>" for row in rows)
    page = f"<html><body><h1>{heading}</h1><table>{cells}</table></body></html>"
    pasted = "\n".join([heading, *(words for row in rows for words in row)])

    texts = [read_file(SimpleUploadedFile("x", content)).text for content in (stored.getvalue(), page.encode())]
    assert all("\t".join(rows[1]) in text for text in texts)
    for text in (*texts, pasted):
        assert named(read(text, UNKNOWN)) == [
            ("“楼门会客厅”工作法", ["湖南省长沙市岳麓区某某社区"], "430104"),
            ("“田埂课堂”党建品牌", ["湖南省长沙市望城区某某村"], "430112"),
            ("“码头先锋”党建品牌", ["湖南省长沙市开福区某某街道"], "430105"),
        ]


def test_a_page_that_is_laid_out_as_a_table_stays_paragraphs() -> None:
    cells = f"<td>导航</td><td><p>{STORY}{STORY}{STORY}</p><p>{STORY}</p></td>"
    page = f"<html><body><table><tr>{cells}</tr></table></body></html>"
    assert read_file(SimpleUploadedFile("x", page.encode())).text.split("\n")[-1] == STORY


def test_the_menus_of_a_web_page_are_not_of_the_article() -> None:
    menu = "".join(f"<li><a href='/'>{word}</a></li>" for word in ("首页", "时政", "社会", "文化", "评论", "视频"))
    others = "".join(f"<p>别处的新闻之{number}</p>" for number in range(20))
    page = (
        f"<html><head><title>楼门议事-某某网</title></head><body><ul>{menu}</ul><p>某某网欢迎您</p><h1>楼门议事</h1>"
        f"<p>{STORY}{STORY}{STORY}{STORY}{STORY}</p><ul>{menu}</ul><p>免责声明：转载须注明。</p>{others}</body></html>"
    )
    text = read_file(SimpleUploadedFile("x", page.encode())).text
    assert (text.startswith("楼门议事\n"), "时政" in text) == (True, False)
    found = read(text, UNKNOWN)
    assert (found.source.title.value, "别处" in found.cases[0].passage.of(text)) == ("楼门议事", False)


@pytest.mark.parametrize(
    "around",
    [
        "电子报阅读机\n2024-05-06\n星期一\n当前报纸名称：本地日报",
        "本地日报 数字报纸\n00007版：生态",
        "上一版/ 03 版：综合新闻 /下一版  查看本版大图\n本版导航 各版导航 标题导航 以往报纸\n来源：本地日报",
        "本地网——某某杂志唯一官方网站\n您现在所在的位置 : 首页>通知公告 >通知 >\n> 党群工作 > 党建动态\n来源：本地日报",
    ],
)
def test_what_a_paper_puts_around_its_page_is_no_title(around: str) -> None:
    source = read(f"{around}\n\n楼门议事 邻里和睦\n\n{STORY}", UNKNOWN).source
    assert (source.title.value, source.publisher.value) == ("楼门议事 邻里和睦", "本地日报")


@pytest.mark.parametrize(
    ("begins", "publisher", "authors"),
    [
        ("人民网上海12月30日电（张三丰）12月27日，", "人民网", "张三丰"),
        ("本报讯（全媒体记者李四光 通讯员王五常）12月17日，", None, "李四光、王五常"),
        ("（通讯员 张三丰）", None, "张三丰"),
        ("本地日报 2021-01-21 06:51:44近年来，", "本地日报", None),
        ("（某某社区）", None, None),
    ],
)
def test_a_dateline_tells_the_medium_and_who_wrote(begins: str, publisher: str | None, authors: str | None) -> None:
    source = read(f"楼门议事 邻里和睦\n{begins}{STORY}", UNKNOWN).source
    assert (source.publisher.value, source.authors.value) == (publisher, authors)


def test_an_unknown_source_is_none() -> None:
    source = read(f"楼门议事 邻里和睦\n时间：2020-02-04来源：未知 作者：redadmin\n{STORY}", UNKNOWN).source
    assert (source.publisher.value, source.published.value) == (None, "2020-02-04")


def test_the_community_that_a_story_is_about_leads_and_whom_it_asked_does_not() -> None:
    story = f"针对柳溪社区的停车难，社区党委积极争取包河区住建局支持。{STORY}\n社区党委还请居民议事。{{}}"
    (case,) = read(story.format(""), UNKNOWN).cases
    assert [body.name for body in case.leads] == ["柳溪社区党委"]
    (case,) = read(story.format("在枫林社区党委那里也一样。"), UNKNOWN).cases
    assert case.leads == ()
    (case,) = read(f"茂名市基层党组织常常组织活动。{STORY}", UNKNOWN).cases
    assert case.leads == ()


def test_the_name_of_a_column_is_no_part_of_the_title() -> None:
    (case,) = read(f"基层巡礼 | 楼门议事让邻里更和睦\n{STORY}", UNKNOWN).cases
    assert case.title.value == "楼门议事让邻里更和睦"


def test_an_amount_that_sorts_what_is_counted_is_no_figure() -> None:
    (case,) = read(f"村里的账本\n全县收入50万元以上的村有12个，村集体增收300万元。{STORY}", UNKNOWN).cases
    assert [(str(figure.value), figure.unit) for figure in case.figures] == [("12", "个"), ("3000000", "元")]


def test_prizes_of_a_contest_are_no_figures_and_a_category_is_no_honour() -> None:
    text = f"现场竞赛\n竞赛评出一等奖2名、优胜奖5名，市公安局获得党建类一等奖，42名党员到场。{STORY}"
    (case,) = read(text, UNKNOWN).cases
    assert ([str(figure.value) for figure in case.figures], case.honours) == (["42"], ())


def test_an_article_that_names_many_provinces_is_of_none() -> None:
    text = "各地的好办法\n{}等地把议事厅搬到楼门口。" + STORY
    (case,) = read(text.format("山西省晋中市、江苏省昆山市、湖南省耒阳市、贵州省安顺市"), UNKNOWN).cases
    assert (case.district.value, len(case.district.choices)) == (None, 4)
    assert read(text.format("山西省晋中市"), UNKNOWN).cases[0].district.value == "1407"


def test_a_notice_is_said_to_be_one() -> None:
    notice = f"关于开展党建品牌评选的通知\n各单位：\n一、要求\n1.真实性。案例要真实。\n2.创新性。案例要新。\n{STORY}"
    found = read(notice, UNKNOWN)
    assert (len(found.cases), "“通知”" in found.shape) == (1, True)
    assert "也许没有案例" not in read(f"楼门议事\n{STORY}", UNKNOWN).shape
