"""Cases as a Word document."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone
from docx.shared import Mm
from lxml import etree

from tests.builders import make_case, make_draft, make_list, make_organisation, make_sector
from tests.pages import cards, queries_of
from tests.paper import AUTHORS, LONG, chapters, contents, facts_of, nasty_case, opened, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def titles(client: Client, query: str = "") -> list[str]:
    return [chapter.title for chapter in chapters(opened(client, f"/cases/export.docx{query}"))]


def test_a_chapter_has_all_that_the_database_has(client: Client) -> None:
    case = nasty_case()
    make_draft("不该出现")

    (chapter,) = chapters(opened(client, "/cases/export.docx"))

    day = timezone.localdate(case.published_at)
    assert (chapter.title, chapter.number) == ("=1+1", "2020-0007")
    assert chapter.facts == {
        "类型": "创新案例",
        "品牌名称": "𠮷祥工程",
        "区划": "广东省广州市越秀区人民街道",
        "领域": "城市社区",
        "主题": "生态环境",
        "年度": "2020",
        "开始年份": "2019",
        "主办组织": "、".join(f"第{place}社区党支部" for place in range(300)),
        "其他组织": "水务局（协办）",
        "入库日期": f"{day.year}年{day.month}月{day.day}日",
        "网址": "http://testserver/cases/2020-0007/",
    }
    chapter.parts.pop("说明")
    assert chapter.parts == {
        "摘要": ["<b>摘要</b> & “引号”。"],
        "背景与起因": ["第一段", "第二段", "甲项", "乙项"],
        "主要做法": [LONG],
        "工作成效": ["<img src=file:///etc/passwd>"],
        "成效数据": [["指标", "数据", "年份"], ["党员", "2,500 多名", "2019年"], ["占比", "93.4%", ""]],
        "入选榜单": ["1.\t2020年 创新榜 第 3 名"],
        "来源": [
            "1.\t南方都市报：《党建创新十大案例》，2020年11月",
            f"2.\t南方都市报：《报道》，{AUTHORS}，2020年11月，A08版，第二节，https://example.com/a?b=1&c=2",
        ],
        "勘误": ["1.\t2021年3月5日：“九”应为“五”。（来源已更正）"],
    }


def test_the_order_is_that_of_the_page_and_drafts_are_absent(client: Client) -> None:
    rural = make_sector("农村", "rural")
    for title, year in (("乙", 2019), ("甲", 2021), ("丙", 2020)):
        make_case(title, year=year, sector=rural)
    make_case("别的领域")
    make_draft("草稿", sector=rural)

    for query in ("?sector=rural", "?sector=rural&sort=oldest", "?sector=rural&sort=title"):
        assert titles(client, query) == cards(client.get(f"/cases/{query}"))
        assert len(titles(client, query)) == 3


def test_only_the_chosen_columns_are_told(client: Client) -> None:
    make_case("甲", number="2020-0001", brand_name="品牌", summary="摘要甲", approach="不该出现")

    (chapter,) = chapters(opened(client, "/cases/export.docx?column=summary&column=brand_name"))

    assert (chapter.title, chapter.number, chapter.facts) == ("甲", "2020-0001", {"品牌名称": "品牌"})
    assert list(chapter.parts) == ["摘要", "说明"]


def test_the_cover_says_how_the_cases_were_chosen(client: Client, settings: Any) -> None:
    settings.SITE = {**settings.SITE, "owner": "某某市委组织部", "licence": "转载须经同意"}
    for title in "甲乙":
        make_case(title, year=2021)
    make_case("丙")

    document = opened(client, "/cases/export.docx?year=2021")

    told = [(block.style.name, block.text) for block in document.paragraphs[:3]]
    assert told == [("封面标题", "基层党建创新案例"), ("Subtitle", "共 2 个案例"), ("Subtitle", "某某市委组织部")]
    notes = facts_of(document.tables[0])
    assert notes.pop("导出时间").startswith(f"{timezone.localdate().year}年")
    assert notes == {
        "检索词": "无",
        "筛选条件": "2021年",
        "排序": "最新在前",
        "案例数": "2",
        "网址": "http://testserver/cases/?year=2021",
        "出处": "基层党建创新案例库",
        "许可": "转载须经同意",
    }


def test_six_cases_have_a_table_of_contents_and_five_have_none(client: Client) -> None:
    for place in range(1, 6):
        make_case(f"案例{place}", number=f"2020-000{place}")
    assert contents(opened(client, "/cases/export.docx?sort=title")) == []

    make_case("案例6", number="2020-0006")

    document = opened(client, "/cases/export.docx?sort=title")
    assert contents(document) == [f"案例{place}2020-000{place}" for place in range(1, 7)]
    anchors = [
        link.get(link.keys()[0]) for link in document.element.body.iter("{*}hyperlink") if "_Toc" in str(link.attrib)
    ]
    marks = [mark.attrib.values()[1] for mark in document.element.body.iter("{*}bookmarkStart")]
    assert anchors == marks
    # Word asks before it opens a document that wants its fields updated.
    assert document.settings.element.find("{*}updateFields") is None
    assert "dirty" not in etree.tostring(document.element.body).decode()


def test_all_looks_come_from_named_styles_on_official_paper(client: Client) -> None:
    nasty_case()
    make_case()

    document = opened(client, "/cases/export.docx")

    names = {style.name for style in document.styles}
    assert {"Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Body Text", "List Bullet", "案例编号"} <= names
    ids = {style.style_id for style in document.styles}
    used = {
        e.attrib.values()[0] for kind in ("pStyle", "rStyle", "tblStyle") for e in document.element.iter(f"{{*}}{kind}")
    }
    assert used <= ids
    direct = {
        child.tag.split("}")[1] for pr in ("pPr", "rPr") for e in document.element.iter(f"{{*}}{pr}") for child in e
    }
    assert direct == {"pStyle", "rStyle"}
    fonts = {
        name: document.styles[name].element.find(".//{*}rFonts") for name in ("Heading 1", "Heading 2", "Heading 3")
    }
    assert [font.attrib.values()[0] for font in fonts.values()] == ["方正小标宋简体", "黑体", "楷体"]
    (section,) = document.sections
    assert [round(length / Mm(1)) for length in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(length / Mm(1)) for length in margins] == [37, 35, 28, 26]
    assert section.header.paragraphs[0].text.startswith("基层党建创新案例")
    footer = "".join(t.text for t in section.footer._element.iter("{*}t", "{*}instrText"))
    assert footer == "—  PAGE 1 —"
    assert document.settings.odd_and_even_pages_header_footer


def test_the_document_names_its_title_author_time_and_language(client: Client, settings: Any) -> None:
    make_case()
    make_case()

    told = opened(client, "/cases/export.docx").core_properties
    assert (told.title, told.author, told.language) == ("基层党建创新案例", "基层党建创新案例库", "zh-CN")
    assert abs((told.created - timezone.now()).total_seconds()) < 60


def test_every_part_is_well_formed_and_addresses_are_links(client: Client) -> None:
    nasty_case()

    with ZipFile(io.BytesIO(client.get("/cases/export.docx").content)) as package:
        for name in package.namelist():
            etree.fromstring(package.read(name))
    document = opened(client, "/cases/export.docx")
    links = [link.address for p in document.element.body.iter("{*}p") for link in hyperlinks(p, document)]
    assert links[:2] == ["http://testserver/cases/2020-0007/", "https://example.com/a?b=1&c=2"]


def hyperlinks(paragraph: Any, document: Any) -> list[Any]:
    from docx.text.paragraph import Paragraph

    return Paragraph(paragraph, document._body).hyperlinks


def test_heads_of_tables_are_repeated(client: Client) -> None:
    nasty_case()

    table = next(t for t in opened(client, "/cases/export.docx").tables if t.style.name == "数据表")

    assert [row._tr.find(".//{*}tblHeader") is not None for row in table.rows] == [True, False, False]


def test_an_award_list_is_one_table_after_what_is_known_of_it(client: Client) -> None:
    award = make_list("创新榜", slug="top", order="ranked", how_made="专家评审。", organiser=make_organisation("报社"))
    award.entries.create(title="=1+1", rank=1, case=make_case(number="2020-0007"), organisations_as_announced="旧名")
    award.entries.create(title="草稿的", rank=2, case=make_draft("不该出现", number="2020-0008"))

    document = opened(client, "/awards/top/export.docx")

    about, entries = document.tables
    assert facts_of(about)["主办方"] == "报社"
    assert facts_of(about)["产生办法"] == "专家评审。"
    assert rows_of(entries) == [
        ["序号", "名次", "公布的名称", "公布的单位", "案例编号"],
        ["1", "1", "=1+1", "旧名", "2020-0007"],
        ["2", "2", "草稿的", "", ""],
    ]
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == ["创新榜"]


def test_organisations_are_one_table_with_their_numbers_at_the_right(client: Client) -> None:
    body = make_organisation("腾讯")
    for place in range(2):
        make_case(leads=[body], number=f"2020-000{place + 1}")

    document = opened(client, "/organisations/export.docx")

    table = document.tables[1]
    assert rows_of(table)[1:] == [["腾讯", "组织部", "2"]]
    assert [cell.paragraphs[0].style.name for cell in table.rows[1].cells] == ["表格文字", "表格文字", "表格数字"]
    assert table.rows[0].cells[2].paragraphs[0].style.name == "表格数字项目"


def test_a_row_as_high_as_half_a_page_may_be_broken_over_two(client: Client) -> None:
    make_case("甲", number="2020-0001", summary="短", approach="短")
    make_case("乙", number="2020-0002", summary="短", approach="长" * 400)

    document = opened(client, "/compare/export.docx?case=2020-0001&case=2020-0002")

    kept = {row.cells[0].text: row._tr.find(".//{*}cantSplit") is not None for row in document.tables[1].rows}
    assert (kept["摘要"], kept["主要做法"]) == (True, False)


def test_a_table_leaves_out_columns_that_say_nothing_unless_none_says_anything(client: Client) -> None:
    award = make_list("创新榜", slug="top", cases=[make_case("甲", number="2020-0007")])

    def headings(query: str) -> list[str]:
        return rows_of(opened(client, f"/awards/{award.slug}/export.docx{query}").tables[1])[0]

    assert headings("?column=title&column=note&column=rank") == ["公布的名称"]
    assert headings("?column=note&column=rank") == ["名次", "备注"]


def test_nothing_found_is_a_cover_alone(client: Client) -> None:
    document = opened(client, "/cases/export.docx")

    assert chapters(document) == []
    assert "共 0 个案例" in [p.text for p in document.paragraphs]


def test_a_longer_document_costs_no_more_queries(client: Client) -> None:
    for place in range(2):
        make_case(f"案例{place}")
    few = queries_of(client, "/cases/export.docx")
    for place in range(8):
        make_case(f"又一案例{place}")

    assert queries_of(client, "/cases/export.docx") == few


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_it(client: Client, tmp_path: Path) -> None:
    nasty_case()
    for _ in range(6):
        make_case("又一个案例")
    for form in ("docx", "xlsx"):
        (tmp_path / f"cases.{form}").write_bytes(client.get(f"/cases/export.{form}").content)

        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), f"cases.{form}"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)

        from pypdf import PdfReader

        text = "".join(page.extract_text() for page in PdfReader(tmp_path / "cases.pdf").pages)
        assert "=1+1" in text
        assert "又一个案例" in text
        (tmp_path / "cases.pdf").unlink()
