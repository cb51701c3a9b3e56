"""Cases as a pdf."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from pypdf import PdfReader

from cases.exports.forms import FORMS
from cases.exports.pdf import PACKAGES
from tests.builders import make_case, make_draft, make_list, make_sector
from tests.pages import cards, queries_of, text_of
from tests.paper import AUTHORS, LONG, nasty_case

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("pdf_libraries")]


def read(client: Client, address: str) -> PdfReader:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def words(reader: PdfReader) -> str:
    """All text of the pages, without headers, page numbers and white space."""
    pages = (page.extract_text() for page in reader.pages)
    lines = (line for page in pages for line in page.splitlines() if not re.fullmatch(r"— \d+ —|\s*", line))
    return re.sub(r"\s", "", "".join(lines))


def bookmarks(reader: PdfReader) -> list[Any]:
    """Titles of bookmarks, those of a case as a list after it."""

    def told(outline: list[Any]) -> list[Any]:
        return [told(one) if isinstance(one, list) else one.title for one in outline]

    return told(reader.outline)


def test_a_chapter_has_all_that_the_database_has(client: Client) -> None:
    case = nasty_case()
    make_draft("不该出现")

    reader = read(client, "/cases/export.pdf")
    text = words(reader)

    assert "不该出现" not in text
    told = [
        "=1+1", "2020-0007", "品牌名称𠮷祥工程", "区划广东省广州市越秀区人民街道", "领域城市社区", "主题生态环境",
        "年度2020", "开始年份2019", *(f"第{place}社区党支部" for place in range(300)), "其他组织水务局（协办）",
        "网址http://testserver/cases/2020-0007/", "摘要<b>摘要</b>&“引号”。", "背景与起因第一段第二段", "甲项", "乙项",
        "工作成效<imgsrc=file:///etc/passwd>", "党员2,500多名2019年", "占比93.4%", "2020年创新榜第3名",
        "南方都市报：《党建创新十大案例》，2020年11月", f"南方都市报：《报道》，{AUTHORS}，2020年11月，A08版，第二节，https://example.com/a?b=1&c=2",
        "2021年3月5日：“九”应为“五”。（来源已更正）",
    ]  # fmt: skip
    # The running head stands between two pages of one text.
    text = text.replace("基层党建创新案例库2020-0007", "")
    assert [one for one in told if one not in text] == []
    assert LONG in text
    assert text.count("街道党工委牵头") == case.approach.count("街道党工委牵头")


def test_the_order_is_that_of_the_page_and_drafts_are_absent(client: Client) -> None:
    rural = make_sector("农村", "rural")
    for title, year in (("乙案例", 2019), ("甲案例", 2021), ("丙案例", 2020)):
        make_case(title, year=year, sector=rural)
    make_case("别的领域")
    make_draft("草稿", sector=rural)

    for query in ("?sector=rural", "?sector=rural&sort=oldest", "?sector=rural&sort=title"):
        reader = read(client, f"/cases/export.pdf{query}")
        assert [one for one in bookmarks(reader) if isinstance(one, str)] == cards(client.get(f"/cases/{query}"))
        assert "草稿" not in words(reader)


def test_only_the_chosen_columns_are_told(client: Client) -> None:
    make_case("甲", brand_name="品牌", summary="摘要甲", approach="不该出现")

    reader = read(client, "/cases/export.pdf?column=summary&column=brand_name")

    assert bookmarks(reader) == ["甲", ["摘要", "说明"]]
    assert "品牌名称品牌" in words(reader)
    assert "不该出现" not in words(reader)


def test_it_is_tagged_named_and_in_chinese(client: Client) -> None:
    make_case("甲案例")
    make_case("乙案例")

    reader = read(client, "/cases/export.pdf")
    root: Any = reader.trailer["/Root"]

    assert root["/Lang"].startswith("zh")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("基层党建创新案例", "基层党建创新案例库")
    assert bookmarks(reader)[0] == "乙案例"


def test_fonts_are_inside_as_subsets_and_one_case_is_small(client: Client) -> None:
    make_case()

    response = client.get("/cases/export.pdf")
    fonts = [
        font.get_object()
        for page in PdfReader(io.BytesIO(response.content)).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    ]

    assert fonts
    assert all(re.match(r"/[A-Z]{6}\+", font["/BaseFont"]) for font in fonts)
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all({"/FontFile2", "/FontFile3"} & set(one.get_object()) for one in descriptors)
    assert len(response.content) < 300_000


def test_text_copied_from_it_has_the_characters_of_the_database(client: Client) -> None:
    """Not the look-alikes of the radicals block: ⽼ for 老."""
    text = "老长马见车贝门风食鱼鸟黑龙龟一二人入八十大女子小山工己干弓心手支文方日月木水火父牛犬生用白目石立竹米羊耳肉"
    make_case("部首", summary=text)

    assert text in words(read(client, "/cases/export.pdf"))


def test_six_cases_have_a_table_of_contents_with_the_pages(client: Client) -> None:
    for place in range(1, 6):
        make_case(f"案例之{place}")
    assert "目录" not in bookmarks(read(client, "/cases/export.pdf"))
    make_case("案例之6")

    reader = read(client, "/cases/export.pdf?sort=title")

    assert bookmarks(reader)[0] == "目录"
    contents = re.findall(r"案例之(\d)[ .]*(\d+)", reader.pages[1].extract_text())
    assert contents == [(str(place), str(place + 2)) for place in range(1, 7)]
    for place in range(1, 7):
        assert f"案例之{place}" in reader.pages[place + 1].extract_text()


def test_addresses_are_links(client: Client) -> None:
    nasty_case()

    reader = read(client, "/cases/2020-0007/export.pdf")

    links = {
        note.get_object()["/A"]["/URI"]
        for page in reader.pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    }
    assert links == {"http://testserver/cases/2020-0007/", "https://example.com/a?b=1&c=2"}


def test_nothing_is_fetched_for_it(tmp_path: Path) -> None:
    """Texts are escaped; were they not, there would still be nobody who fetches."""
    import weasyprint

    from cases.exports.pdf import refusing

    secret = tmp_path / "secret.png"
    secret.write_bytes(b"")
    for url in (secret.as_uri(), "http://127.0.0.1:9/x", "data:text/css,p{}", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="not fetched"):
            refusing(weasyprint).fetch(url)


def test_more_than_the_format_takes_is_refused_with_a_way_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(3):
        make_case(f"案例{place}")
    most = FORMS["pdf"].most
    assert most
    monkeypatch.setitem(FORMS, "pdf", type(FORMS["pdf"])(**{**vars(FORMS["pdf"]), "most": 2}))

    response = client.get("/cases/export.pdf?sort=title")

    assert response.status_code == 400
    assert "PDF 一次最多 2 个案例，这里有 3 个案例。请加上条件缩小范围，或者改用 Word、Excel。" in text_of(response)
    assert 'href="/cases/export.docx?sort=title"' in response.content.decode()


def test_an_award_list_is_one_table_after_what_is_known_of_it(client: Client) -> None:
    award = make_list("创新榜", slug="top", order="ranked", how_made="专家评审。")
    award.entries.create(title="=1+1", rank=1, case=make_case(number="2020-0007"), organisations_as_announced="旧名")
    award.entries.create(title="草稿的", rank=2, case=make_draft("不该出现", number="2020-0008"))

    reader = read(client, "/awards/top/export.pdf")
    text = words(reader)

    assert client.get("/awards/top/export.pdf?column=note").status_code == 200
    assert "产生办法专家评审。" in text
    assert "序号名次公布的名称公布的单位案例编号11=1+1旧名2020-000722草稿的" in text
    assert "不该出现" not in text
    assert "2020-0008" not in text


def test_statistics_are_all_tables_in_one_document(client: Client) -> None:
    make_case(year=2020)

    reader = read(client, "/statistics/export.pdf")

    assert bookmarks(reader)[0] == "基层党建创新案例统计"
    assert "2020年1" in words(reader)


def test_a_longer_document_costs_no_more_queries(client: Client) -> None:
    for place in range(2):
        make_case(f"案例{place}")
    few = queries_of(client, "/cases/export.pdf")
    for place in range(5):
        make_case(f"又一案例{place}")

    assert queries_of(client, "/cases/export.pdf") == few


WITHOUT_LIBRARIES = """
import django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
from django.core.management import call_command
setup_test_environment()
from django.db import connection
connection.creation.create_test_db(verbosity=0)
from tests.builders import make_case
make_case("甲案例", number="2020-0001")
client = Client()
for address in ("/cases/export.pdf?sort=title", "/cases/2020-0001/export.pdf", "/cases/export.docx", "/cases/"):
    response = client.get(address)
    print(response.status_code, len(response.content) > 1000)
    if response.status_code == 503:
        print(response.content.decode())
"""


def test_without_its_libraries_it_says_what_to_install_and_all_else_works(tmp_path: Path) -> None:
    """As on a machine without pango: importing WeasyPrint raises OSError."""
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libgobject-2.0-0'\")\n")
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ALLOWED_HOSTS", "DEBUG"}
    } | {
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{portal_settings.BASE_DIR}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATA_DIR": str(tmp_path / "data"),
    }
    (tmp_path / "data").mkdir()

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBRARIES],
        env=environment,
        cwd=portal_settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert re.findall(r"^\d{3} \w+$", done.stdout, re.MULTILINE) == ["503 True", "503 True", "200 True", "200 True"]
    assert f"apt install {PACKAGES}" in done.stdout
    assert 'href="/cases/export.docx?sort=title"' in done.stdout
    assert 'href="/cases/2020-0001/export.docx"' in done.stdout


WITHOUT_CHINESE_FONTS = """
import django
django.setup()
from io import BytesIO
from cases.exports.description import Column, Export, FormatRefused, Subject
from cases.exports.pdf import write_pdf
columns = [Column("a", "甲", 9, lambda row, absolute: row)]
notes = [("出处", "案例库"), ("许可", "可以转载")]
export = Export("题", "x", Subject("行", "条", "rows", columns, None), ["值"], 1, str, notes)
try:
    write_pdf(export, BytesIO(), lambda done: None)
except FormatRefused as refused:
    print(refused.status, refused)
"""
LATIN = Path("/usr/share/fonts/truetype/dejavu")


@pytest.mark.skipif(not LATIN.exists(), reason="DejaVu is not installed")
def test_without_chinese_fonts_it_says_what_to_install_rather_than_write_boxes(tmp_path: Path) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(f"<fontconfig><dir>{LATIN}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    environment = os.environ | {
        "FONTCONFIG_FILE": str(fonts),
        "PYTHONPATH": str(portal_settings.BASE_DIR),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }

    command = [sys.executable, "-c", WITHOUT_CHINESE_FONTS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    assert done.stdout.startswith("503 本服务器还缺少生成 PDF 的中文字体"), done.stderr
