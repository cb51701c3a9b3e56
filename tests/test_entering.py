"""The form of a case helps: it says what is missing, what is there already, and shows the page as it will be."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.admin.examples import EXAMPLES
from cases.admin.figure import read_number
from cases.checks import as_text, length
from cases.models import Attachment, Case, Citation, Figure, IssuedNumber, Organisation
from tests.builders import attach, figure, make_case, make_district, make_draft, make_organisation, make_source
from tests.desk import ADD, CASES, entered, errors, filled, opened, page_of, signed_in, told
from tests.pages import text_of
from tests.test_working_copies import typed

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
CHECKS, PREVIEW = f"{CASES}checks/", f"{CASES}preview/"
BODIES = "/admin/cases/organisation/"


def remarks(client: Client, sent: dict[str, Any]) -> dict[str, list[str]]:
    """What the form is told, by part."""
    found: dict[str, list[str]] = {}
    for remark in client.post(CHECKS, sent).json()["remarks"]:
        found.setdefault(remark["part"], []).append(remark["text"])
    return found


# Remarks


def test_an_empty_form_is_told_all_that_a_case_needs_and_a_whole_one_nothing(entry: Client) -> None:
    sent = typed(entry, ADD, district="")
    assert remarks(entry, sent) == {
        "what": ["还没有标题", "还没有选领域"],
        "who": ["还没有选区划", "还没有主办组织"],
        "texts": ["还没有摘要", "还没有正文"],
        "sources": ["还没有来源，发布前至少要有一个"],
    }

    assert remarks(entry, entered(typed_by=sent["typed_by"])) == {}


def test_figures_without_a_year_and_numbers_in_the_text_without_figures_are_told(entry: Client) -> None:
    whole = entered(typed_by=typed(entry, ADD)["typed_by"])

    assert remarks(entry, whole | {"figures-0-year": ""}) == {"figures": ["成效数据没有写年份：培育青年骨干"]}
    without = {"figures-TOTAL_FORMS": "0", "results": "<p>谈成四十六部，投诉下降 30%。</p>"}
    assert list(remarks(entry, whole | without)) == ["figures"]
    assert remarks(entry, whole | without | {"results": "居民满意度有所提升。"}) == {}


def test_after_a_save_the_remarks_stand_above_the_page_without_any_script(entry: Client) -> None:
    answer = entry.post(
        ADD,
        entered(_continue="1", **{"citations-TOTAL_FORMS": "0", "figures-0-year": "", "summary": "长" * 501}),
        follow=True,
    )

    assert Case.objects.get().status == "draft"
    assert "还没有来源" in told(answer)
    assert "没有写年份：培育青年骨干" in told(answer)
    assert "摘要 501 字，通常不超过 500 字" in told(answer)
    contents = re.findall(r'data-state="(\w+)">([^<]*)<', answer.content.decode())
    assert [(slug, text) for slug, text in contents if text] == [
        ("texts", "1 处要看"),
        ("figures", "1 处要看"),
        ("sources", "1 处要看"),
    ]


def test_a_title_like_that_of_a_case_one_may_see_is_told_and_of_no_other(entry: Client) -> None:
    public = make_case("“楼门议事会”让加装电梯少扯皮", district=make_district("2207"))
    hidden = make_draft("楼门议事会让加装电梯少扯皮吧", district=make_district("2207"))
    sent = entered(typed_by=typed(entry, ADD)["typed_by"], title="樓門議事會讓加裝電梯少扯皮")

    (remark,) = entry.post(CHECKS, sent).json()["remarks"]

    assert remark["part"] == "what"
    told_of = f"{public.number} {public.title}（标题相同，主办组织相同）"
    assert remark["links"] == [[told_of, public.get_absolute_url()]]
    everywhere = signed_in("管理员").get(ADD)
    own = re.search(r'name="typed_by" value="([^"]+)"', everywhere.content.decode())
    assert own
    (remark,) = signed_in_again(everywhere).post(CHECKS, sent | {"typed_by": own[1]}).json()["remarks"]
    assert len(remark["links"]) == 2
    assert hidden.title in remark["links"][1][0] or hidden.title in remark["links"][0][0]


def signed_in_again(response: Any) -> Client:
    client = Client()
    client.force_login(response.wsgi_request.user)
    return client


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("两年谈成46部，没有上访。", 12),
        ("第1期 345工作法 APP", 8),
        ("　全角空格\n\n换行", 6),
        ("“引号”……——", 8),
        ("𠮷祥", 2),
    ],
)
def test_characters_are_counted_as_word_does(text: str, count: int) -> None:
    assert length(text) == count


def test_a_rich_text_is_counted_without_its_tags() -> None:
    assert as_text("<p>一&amp;二</p>") == "一&二"
    assert as_text("a < b") == "a < b"


# Bodies that are there already


@pytest.mark.parametrize(
    ("stored", "name", "why"),
    [
        ({"name": "中共云山市南湖区委员会"}, "中国共产党云山市南湖区委员会", "名称只是写法不同"),
        ({"name": "中共云山市青禾街道工作委员会"}, "青禾街道党工委", "名称只差上级地名“云山市”"),
        ({"name": "云山某某有限公司", "short_name": "云山某某集团"}, "雲山某某集團", "与简称“云山某某集团”相同"),
        (
            {"name": "云山市新名称局", "former_names": "云山市老名称局\n云山市更老局"},
            "云山市老名称局",
            "与曾用名“云山市老名称局”相同",
        ),
        ({"name": "中共南湖区委组织部"}, "云山市南湖区委组织部", "名称只差上级地名“云山市”"),
        ({"name": "中共青禾社区支部委员会"}, "青禾社区党支部", "名称只是写法不同"),
    ],
)
def test_a_body_that_is_there_already_is_suggested_with_its_address(
    entry: Client, stored: dict[str, str], name: str, why: str
) -> None:
    body = make_organisation(**stored, district=make_district())
    make_organisation("云山市北湖区委组织部", district=make_district())

    links = entry.get(f"{BODIES}checks/", {"name": name}).json()["links"]

    assert links == [[f"{body.name}（{why}）", f"{BODIES}{body.pk}/change/"]]
    answer = entry.post(f"{BODIES}add/", {"name": name, "kind": "other"}, follow=True)
    assert f'<a href="{BODIES}{body.pk}/change/" target="_blank" rel="noopener">{body.name}（{why}）</a>' in told(
        answer
    )


def test_a_body_of_another_district_is_suggested_only_where_readers_meet_it(entry: Client) -> None:
    elsewhere = make_district("2207")
    shown, hidden = make_organisation("中共松江社区支部委员会"), make_organisation("中共松林社区支部委员会")
    Organisation.objects.update(district=elsewhere)
    make_case(leads=[shown], district=elsewhere)
    make_draft(leads=[hidden], district=elsewhere)

    assert entry.get(f"{BODIES}checks/", {"name": "松林社区党支部"}).json() == {"links": []}
    links = entry.get(f"{BODIES}checks/", {"name": "松江社区党支部"}).json()["links"]
    assert links == [[f"{shown.name}（名称只是写法不同）", shown.get_absolute_url()]]


# Preview


def test_the_preview_shows_what_is_typed_and_leaves_nothing_behind(entry: Client) -> None:
    sent = entered(typed_by=typed(entry, ADD)["typed_by"], background="起因写在这里")
    sent["figures-0-value"], sent["figures-0-unit"] = "2.3万", "人"

    page = entry.post(PREVIEW, sent)

    words = text_of(page)
    assert page.status_code == 200
    assert "预览，未公开" in words
    for shown in (
        "红苗工程",
        "起因写在这里",
        "超过 23,000 人",
        "中共广州市越秀区委组织部",
        "党建创新十大案例",
        "党群服务",
    ):
        assert shown in words, shown
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert (Case.objects.count(), Figure.objects.count(), Attachment.objects.count()) == (0, 0, 0)
    assert not IssuedNumber.objects.exists()


def test_the_preview_of_a_published_case_is_of_the_text_that_is_not_saved(checker: Client) -> None:
    case = make_case(figures=[figure(3)], themes=[])
    picture = attach(case, "a.png", "服务站正门")
    sent = typed(checker, page_of(case), title="改过的标题", **{"figures-0-DELETE": "on", "year": "不是年份"})

    words = text_of(checker.post(PREVIEW, sent))

    assert "改过的标题" in words
    assert "建立党支部" not in words
    assert "没有显示：年度" in words
    assert picture.title in words
    assert "引用本案例" not in words
    case.refresh_from_db()
    assert (case.title, case.version, case.figures.count()) == ("党群服务新模式", 2, 1)


def test_nobody_previews_a_case_that_they_may_not_edit(entry: Client, client: Client) -> None:
    case = make_draft()
    sent = typed(entry, page_of(case))
    case.submit(by=None)

    assert entry.post(PREVIEW, sent).status_code == 404
    assert entry.get(PREVIEW).status_code == 405
    assert client.post(PREVIEW, sent).status_code == 302
    assert signed_in("只读").post(PREVIEW, {}).status_code == 404


# Rows and words


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2.3万", "23000"),
        ("２３,５５４", "23554"),
        ("1.2 亿", "120000000"),
        ("5百万", "5000000"),
        ("许多", "许多"),
        ("1.2.3万", "1.2.3万"),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, read: str) -> None:
    assert read_number(written).removesuffix(".0") == read


def test_how_a_number_was_written_is_kept_beside_its_value(entry: Client) -> None:
    sent = entered(**{"figures-0-value": "2.3万", "figures-0-unit": "人"})
    assert entry.post(ADD, sent).status_code == 302

    stored = Figure.objects.get()
    assert (stored.value, stored.as_printed) == (23000, "2.3万人")


def test_who_may_only_read_the_form_sees_what_readers_see_and_nothing_that_helps_to_write(entry: Client) -> None:
    case = make_draft(approach="<p>从<strong>前</strong></p>", figures=[figure("23554.5")])
    attach(case, "IMG_1.png", "服务站正门")
    case.submit(by=None)

    page = entry.get(page_of(case)).content.decode()

    assert "<p>从<strong>前</strong></p>" in page
    assert "&lt;p&gt;" not in page
    assert "<p>23,554.5</p>" in page
    assert "<span>IMG_1.png</span>" in page
    assert "attachments/" not in re.sub('"[^"]*"', "", page)
    for words in ("写法示例", "通常不超过", "做法自己的名字"):
        assert words not in page
    case.take_back(by=None)
    assert "写法示例" in entry.get(page_of(case)).content.decode()


@pytest.mark.any_database
def test_more_rows_cost_the_form_no_more_queries(checker: Client) -> None:
    case = make_draft(figures=[figure(1, source=make_source())])

    def cost() -> int:
        checker.get(page_of(case))
        with CaptureQueriesContext(connection) as queries:
            assert checker.get(page_of(case)).status_code == 200
        return len(queries)

    before = cost()
    for number in range(2, 7):
        source = make_source(f"source-{number}", title=f"报道{number}")
        Figure.objects.create(case=case, source=source, **figure(number, f"指标{number}"))
        Citation.objects.create(case=case, source=source)
        case.credits.create(organisation=make_organisation(f"单位{number}"))
        attach(case, "a.pdf", f"附件{number}")
    assert cost() == before
    assert "报道6" in checker.get(page_of(case)).content.decode()


def test_a_null_character_is_refused_in_our_words(entry: Client) -> None:
    answer = entry.post(ADD, entered(title="标题\0", summary="摘要\0"))

    assert errors(answer).count("看不见的控制字符") == 2
    assert not Case.objects.exists()


def test_every_part_and_section_has_an_example_and_headings_no_stray_blank(entry: Client) -> None:
    page = entry.get(ADD).content.decode()

    assert page.count("<summary>写法示例</summary>") == len(EXAMPLES) == 11
    assert "增加案例" in page
    assert not re.search(r"增加 |添加另一个 ", page)
    assert not re.search(r"增加 ", entry.get(CASES).content.decode())


def test_a_picture_needs_words_for_what_it_shows(entry: Client) -> None:
    from tests.test_uploads import picture

    sent = {"attachments-0-file": SimpleUploadedFile("IMG_2033.png", picture("PNG"))}
    for title, said in (("", "必填"), ("IMG_2033", "写明画面内容"), ("IMG_2033.png", "写明画面内容")):
        sent["attachments-0-file"].seek(0)
        assert said in errors(entry.post(ADD, entered(**sent, **{"attachments-0-title": title})))
    sent["attachments-0-file"].seek(0)
    assert entry.post(ADD, entered(**sent, **{"attachments-0-title": "服务站正门"})).status_code == 302


def test_a_stored_figure_keeps_its_form_when_nothing_is_changed(checker: Client) -> None:
    case = make_draft(figures=[figure("23000", as_printed="2.3万个")])

    assert checker.post(page_of(case), opened(checker, case, title="改过")).status_code == 302
    assert filled(checker.get(page_of(case)))["figures-0-value"] == "23000"
