"""从文章导入 in the admin: given, looked over, corrected, taken over as drafts; all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.admin.article_import import _stored
from cases.articles.proposing import recognise
from cases.articles.taking import Moved, Taken, take_over
from cases.bulk.undoing import undo
from cases.models import (
    ArticleImport,
    AuditEntry,
    AwardList,
    BulkChange,
    Case,
    CaseVersion,
    Figure,
    Organisation,
    Source,
)
from tests.builders import make_district, make_draft, make_list, make_organisation, make_source, make_user
from tests.desk import colleague, filled, page_of, signed_in, told
from tests.pages import queries_of, text_of
from tests.proposed import TEXT, make_article

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]

LIST, ADD = "/admin/cases/articleimport/", "/admin/cases/articleimport/add/"
State = ArticleImport.State


def luru() -> User:
    return User.objects.get(username="luru")


def one(article: ArticleImport, key: str) -> str:
    return f"{LIST}{article.pk}/cases/{key}/"


def sent(response: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send for the page as it is shown, with some fields typed over; None takes one out."""
    page = response.context["page"]
    forms = [page.source_form, page.list_form, *page.stages] if hasattr(page, "briefs") else _forms(page)
    data = {bound.html_name: bound.value() for form in forms for bound in form if bound.value()}
    if hasattr(page, "briefs"):
        data |= {f"{brief.prefix}-take": "on" for brief in page.briefs if brief.case["take"]}
    data |= {"version": str(response.context["article"].version)} | changes
    return {name: value for name, value in data.items() if value is not None}


def _forms(page: Any) -> list[Any]:
    rows = [form for forms in page.forms.rows.values() for form in forms]
    return [page.forms.form, *rows, *page.forms.fresh.values()]


def placed(client: Client, article: ArticleImport) -> None:
    """Answer the one question that the article leaves open."""
    page = client.get(one(article, "2"))
    client.post(one(article, "2"), sent(page, **{"c2-district_choice": str(make_district("440105").pk), "stay": "1"}))


def taken(client: Client, article: ArticleImport, **changes: Any) -> Any:
    address = article.get_admin_url()
    return client.post(address, sent(client.get(address), **{"take-over": "1", **changes}), follow=True)


def nothing_made() -> bool:
    counts = [model.objects.count() for model in (Case, AwardList, Source, BulkChange, Figure)]
    return counts == [0] * 5 and set(Organisation.objects.values_list("name", flat=True)) <= {
        "中共广州市越秀区委组织部"
    }


def test_an_article_becomes_drafts_and_a_list_in_one_step(entry: Client) -> None:
    article = make_article(luru())
    placed(entry, article)
    done = taken(entry, article)

    assert "已存为草稿，共新增 5 条" in text_of(done)
    first, second = Case.objects.order_by("number")
    source, award = Source.objects.get(), AwardList.objects.get()
    assert [
        (case.title, case.brand_name, case.kind, case.status, case.year, str(case.district), str(case.sector or ""))
        for case in (first, second)
    ] == [
        ("楼门议事 邻里和睦", "", "innovation", "draft", 2020, "广东省广州市越秀区", "城市社区"),
        ("“新芽工程” 带出好队伍", "新芽工程", "brand", "draft", 2020, "广东省广州市海珠区", ""),
    ]
    assert [[str(credit) for credit in case.credits.all()] for case in (first, second)] == [
        ["中共广州市越秀区委组织部（主办）"],
        ["中共广州市海珠区滨江街新芽企业党总支（主办）"],
    ]
    figure = first.figures.get()
    assert (str(figure), figure.year, figure.as_printed, figure.evidence, figure.source) == (
        "覆盖党员 超过 23,000 名",
        2020,
        "超过2.3万名",
        "成立楼门议事会，党员带头认领事项，覆盖党员超过2.3万名。",
        source,
    )
    assert second.figures.count() == 0  # nobody said what it counts
    assert (first.summary, first.background_text, first.approach_text) == (
        "",
        f"{Case.MATERIAL}\n\n老楼道无人打理，居民多有怨言。",
        f"{Case.MATERIAL}\n\n成立楼门议事会，党员带头认领事项，覆盖党员超过2.3万名。",
    )
    assert [theme.name for theme in first.themes.all()] == ["党群服务"]
    assert source.told_at() == "本地晚报：《邻里同心榜 两个做法入选》，2020年11月"
    assert [citation.source for case in (first, second) for citation in case.citations.all()] == [source, source]
    assert (award.title, award.status, award.level, list(award.sources.all())) == (
        "邻里同心榜",
        "draft",
        "city",
        [source],
    )
    assert [str(stage) for stage in award.funnel.all()] == ["征集 超过 160 件"]
    assert [
        (row.title, row.organisations_as_announced, str(row.district), row.case) for row in award.entries.all()
    ] == [
        ("楼门议事 邻里和睦", "中共广州市越秀区委组织部", "广东省广州市越秀区", first),
        ("“新芽工程” 带出好队伍", "中共广州市海珠区滨江街新芽企业党总支", "广东省广州市海珠区", second),
    ]
    assert [version.by for version in CaseVersion.objects.all()] == [luru(), luru()]
    assert AuditEntry.objects.get(action="article-taken-over").act == "从文章导入"
    article.refresh_from_db()
    assert (article.state, article.change) == (State.TAKEN, BulkChange.objects.get())


def test_the_step_is_undone_as_one_and_the_article_is_taken_up_again(entry: Client) -> None:
    article = make_article(luru())
    placed(entry, article)
    taken(entry, article)
    undo(BulkChange.objects.get(), luru())

    assert (Case.objects.count(), AwardList.objects.count(), Source.objects.count()) == (0, 0, 0)
    assert "整步撤销" in text_of(entry.get(article.get_admin_url()))
    again = entry.post(article.get_admin_url(), {"resume": "1"}, follow=True)
    assert again.context["page"].briefs[1].place == "广东省广州市海珠区"
    taken(entry, article)
    assert Case.objects.count() == 2


def test_what_is_unsure_is_asked_and_nothing_is_made_before(entry: Client) -> None:
    article = make_article(luru())
    page = entry.get(one(article, "2"))

    assert "请选择" in text_of(page)
    assert "广东省广州市海珠区" in text_of(page)
    bare = taken(entry, article, **{"list-year": "二〇二〇", "source-publisher": ""})
    answer = text_of(bare)
    assert "请填写发布者" in answer
    assert "年份应为四位数字" in answer
    assert nothing_made()
    article.refresh_from_db()
    assert (article.state, article.proposals["list"]["year"]) == (State.REVIEWING, "二〇二〇")


def test_the_year_of_the_list_is_that_of_cases_without_one(entry: Client) -> None:
    article = make_article(luru())
    article.proposals["cases"][0]["year"] = ""
    article.proposals["cases"][1]["year"] = "2019"
    article.save()

    address = article.get_admin_url()
    entry.post(address, sent(entry.get(address), **{"list-year": "2021", "later": "1"}))
    article.refresh_from_db()
    assert [case["year"] for case in article.proposals["cases"][:2]] == ["2021", "2019"]


def test_a_case_outside_the_remit_is_refused_by_name_before_anything_is_made() -> None:
    client = signed_in("录入员", "luru", districts=["440104"])
    article = make_article(luru())
    placed(client, article)
    refused = text_of(taken(client, article))

    assert "案例 2 “新芽工程” 带出好队伍" in refused
    assert "广东省广州市海珠区不在您管辖的区划" in refused
    assert nothing_made()
    assert "已存为草稿" in text_of(taken(client, article, **{"c2-take": None}))
    assert [case.title for case in Case.objects.all()] == ["楼门议事 邻里和睦"]


def test_a_district_that_came_by_a_forged_field_and_a_strange_organisation_are_refused(entry: Client) -> None:
    article = make_article(luru())
    hidden = make_organisation("海珠未公开单位", district=make_district("2207"))
    page = entry.get(one(article, "2"))
    changes = {"c2-district": str(make_district("2207").pk), "c2-leads-0-organisation": str(hidden.pk), "stay": "1"}
    shown = entry.post(one(article, "2"), sent(page, **changes), follow=True)

    assert "海珠未公开单位" not in shown.content.decode()
    refused = text_of(taken(entry, article))
    assert "不在您管辖的区划" in refused
    assert "您不能使用" in refused
    assert Case.objects.count() == 0


def test_cases_are_joined_split_and_left_out(entry: Client) -> None:
    article = make_article(luru())
    address = article.get_admin_url()
    entry.post(address, sent(entry.get(address), join="2"))
    article.refresh_from_db()
    (only,) = article.proposals["cases"]
    assert (only["title"], len(only["leads"]), len(only["figures"]), len(only["paragraphs"])) == (
        "楼门议事 邻里和睦",
        2,
        2,
        4,
    )
    assert [TEXT[slice(*row["at"][0])][:4] for row in only["paragraphs"]] == [
        "老楼道无",
        "成立楼门",
        "2019",
        "新芽企业",
    ]
    moved = entry.post(one(article, "1"), sent(entry.get(one(article, "1")), split="3"), follow=True)
    assert moved.context["page"].number == 2
    article.refresh_from_db()
    assert [(case["key"], len(case["figures"]), len(case["paragraphs"])) for case in article.proposals["cases"]] == [
        ("1", 1, 3),
        ("3", 1, 1),
    ]
    entry.post(address, sent(entry.get(address), **{"c3-take": None, "later": "1"}))
    article.refresh_from_db()
    assert [case["take"] for case in article.proposals["cases"]] == ["on", ""]


def test_a_row_is_added_and_figures_are_written_as_people_write_them(entry: Client) -> None:
    article = make_article(luru())
    placed(entry, article)
    fresh = {"c1-figures-1-indicator": "办成实事", "c1-figures-1-value": "1.2万", "c1-figures-1-unit": "件"}
    entry.post(one(article, "1"), sent(entry.get(one(article, "1")), stay="1", **fresh))
    taken(entry, article)

    assert [(str(one), one.evidence[:2]) for one in Figure.objects.order_by("position")] == [
        ("覆盖党员 超过 23,000 名", "成立"),
        ("办成实事 12,000 件", ""),
    ]


def test_an_honour_becomes_an_entry_of_a_draft_list_and_of_no_published_one(entry: Client) -> None:
    article = make_article(luru())
    placed(entry, article)
    public = make_list("公开榜", created_by=luru())
    draft = make_list("治理样本", status="draft", created_by=luru())
    row = {"c1-honours-0-act": "existing", "c1-honours-0-award_list": str(public.pk), "stay": "1"}
    entry.post(one(article, "1"), sent(entry.get(one(article, "1")), **row))
    assert "您不能使用" in text_of(taken(entry, article))
    assert public.entries.count() == 0
    row["c1-honours-0-award_list"] = str(draft.pk)
    entry.post(one(article, "1"), sent(entry.get(one(article, "1")), **row))
    taken(entry, article)

    assert [(row.title, row.case) for row in draft.entries.all()] == [
        ("楼门议事 邻里和睦", Case.objects.get(title="楼门议事 邻里和睦"))
    ]


def test_a_source_that_there_is_is_cited_instead_of_a_new_one(entry: Client) -> None:
    article = make_article(luru())
    placed(entry, article)
    known = make_source(created_by=colleague())
    taken(entry, article, **{"source-existing": str(known.pk), "source-title": ""})

    assert list(Source.objects.all()) == [known]
    assert Case.objects.count() == 2


def test_a_late_save_is_not_stored_but_shown_and_the_next_one_is(entry: Client) -> None:
    article = make_article(luru())
    early, late = entry.get(one(article, "1")), entry.get(one(article, "1"))
    entry.post(one(article, "1"), sent(early, stay="1", **{"c1-title": "先存的标题"}))
    shown = entry.post(one(article, "1"), sent(late, stay="1", **{"c1-title": "后填的标题"}))

    assert "没有保存：这篇文章在别处改过" in text_of(shown)
    assert 'value="后填的标题"' in shown.content.decode()
    article.refresh_from_db()
    assert article.proposals["cases"][0]["title"] == "先存的标题"
    entry.post(one(article, "1"), sent(shown, stay="1"))
    article.refresh_from_db()
    assert article.proposals["cases"][0]["title"] == "后填的标题"


def test_what_is_typed_is_kept_by_itself_unless_somebody_saved_meanwhile(entry: Client) -> None:
    article = make_article(luru())
    page = entry.get(one(article, "1"))
    kept = entry.post(one(article, "1"), sent(page, auto="1", **{"c1-title": "改到一半"}))
    late = entry.post(one(article, "1"), sent(page, auto="1", **{"c1-title": "旧窗口"}))

    article.refresh_from_db()
    assert (kept.json()["version"], article.version, late.status_code) == (2, 2, 409)
    assert article.proposals["cases"][0]["title"] == "改到一半"


def test_an_article_is_its_bringers_and_the_administrators(entry: Client) -> None:
    article = make_article(make_user("lin", group="录入员"), title="别人的文章")
    for group, status in (("录入员", 404), ("审核员", 404), ("管理员", 200)):
        client = signed_in(group)
        assert [client.get(page).status_code for page in (article.get_admin_url(), one(article, "1"))] == [status] * 2
        assert ("别人的文章" in text_of(client.get(LIST))) == (status == 200)
    reader = signed_in("只读")
    assert [reader.get(page).status_code for page in (LIST, ADD, article.get_admin_url())] == [403] * 3
    assert entry.post(article.get_admin_url(), {"drop": "1", "version": "1"}).status_code == 404


def test_the_same_article_again_says_so_as_far_as_one_may_know() -> None:
    lin = signed_in("录入员", "lin", districts=["440104"])
    first = make_article(User.objects.get(username="lin"))
    taken(lin, first, **{"c2-take": None})
    number = Case.objects.get().number
    for client, knows in ((lin, True), (signed_in("录入员", "tong", districts=["440104"]), True)):
        again = make_article(User.objects.get(pk=client.session["_auth_user_id"]))
        page = text_of(client.get(again.get_admin_url()))
        assert ("这篇文章导入过" in page and number in page) == knows
        again.delete()
    far = signed_in("录入员", "yuan", districts=["2207"])
    again = make_article(User.objects.get(username="yuan"))
    assert "导入过" not in text_of(far.get(again.get_admin_url()))


def test_an_article_is_pasted_or_given_and_goes_on_where_it_was_left(entry: Client) -> None:
    entry.post(ADD, {"text": TEXT}, follow=True)
    article = ArticleImport.objects.get()
    assert (article.original, article.created_by, article.is_open) == (TEXT, luru(), True)
    again = entry.post(ADD, {"file": SimpleUploadedFile("文章.txt", TEXT.encode("gb18030"))}, follow=True)
    assert "接着做就可以" in text_of(again)
    assert ArticleImport.objects.count() == 1
    assert article.title in text_of(entry.get(ADD))
    entry.post(article.get_admin_url(), {"drop": "1", "version": str(article.version)})
    article.refresh_from_db()
    assert (article.state, article.title in text_of(entry.get(ADD))) == (State.DROPPED, False)


@pytest.mark.parametrize("text", ["", "字", "1234567890" * 50, "Party building. " * 50, "党建" * 350_000])
def test_what_was_pasted_is_still_there_when_nothing_can_be_read(entry: Client, text: str) -> None:
    page = entry.post(ADD, {"text": text})

    assert page.status_code == 200
    assert 'class="errornote"' in page.content.decode()
    assert text in page.content.decode()
    assert ArticleImport.objects.count() == 0


def test_the_words_of_an_article_are_not_published_before_they_are_rewritten(entry: Client) -> None:
    article = make_article(luru())
    placed(entry, article)
    taken(entry, article)
    case = Case.objects.order_by("number")[0]
    case.summary = "自己写的摘要。"
    case.save()

    assert case.missing_for_publication() == ["对原文摘录的改写"]
    page = entry.get(page_of(case))
    assert "里还是文章的原文" in text_of(page)
    assert "原文依据 成立楼门议事会，党员带头认领事项" in text_of(page)
    saved = entry.post(
        page_of(case), filled(page, approach="<p>另起一句。成立楼门议事会，党员带头认领事项，覆盖党员超过2.3万名。</p>")
    )
    assert "正文还有 1 句与文章原文相同" in told(entry.get(saved["Location"]))
    case.background = case.approach = "<p>自己写的做法。</p>"
    assert case.missing_for_publication() == []


def test_a_longer_article_costs_no_more_queries(entry: Client) -> None:
    short, long = make_article(luru()), make_article(luru(), times=20, title="很多案例的一篇")
    entry.get(short.get_admin_url())  # what is read once
    counts = queries_of(entry, short.get_admin_url(), one(short, "1"), long.get_admin_url(), one(long, "1"))
    few, few_of_one, many, many_of_one = counts.values()

    assert (many, many_of_one) == (few, few_of_one)


def test_a_source_and_cases_that_the_library_has_are_named(entry: Client) -> None:
    known = make_source(title=TEXT.split("\n")[0], publisher="本地晚报", created_by=colleague())
    make_draft("楼门议事，邻里和睦", district=make_district())
    article = make_article(luru())
    article.proposals["source"]["existing"] = ""
    recognise(article.proposals["source"], luru())
    article.save()
    page = entry.get(article.get_admin_url())

    assert article.proposals["source"]["existing"] == str(known.pk)
    assert "库里已有同名案例： 2020-0001 楼门议事，邻里和睦" in text_of(page)
    assert "可能已经有这个案例" in text_of(entry.get(one(article, "1")))
    article.proposals["source"] |= {"existing": "", "publisher": ""}
    recognise(article.proposals["source"], luru())
    assert article.proposals["source"]["existing"] == ""
    assert article.proposals["source"]["found"]["existing"]["choices"] == [str(known.pk)]


def test_a_file_that_cannot_be_read_leaves_nothing(entry: Client) -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
    page = entry.post(ADD, {"file": SimpleUploadedFile("加密.docx", locked)})

    assert "文件有密码，或是老版本的 Word 文档" in text_of(page)
    assert ArticleImport.objects.count() == 0


def test_a_repair_is_refused_one_by_one_or_by_kind_and_what_was_given_stays(entry: Client) -> None:
    given = (
        "樓門議事 鄰里和睦\n"
        + "越秀區人民街道成立樓門議事會，由黨員帶頭認領公共事務，每月議一次事，老樓道有人打理。" * 2
    )
    page = entry.post(ADD, {"text": given}, follow=True)
    article, address = ArticleImport.objects.get(), ArticleImport.objects.get().get_admin_url()
    (group,) = page.context["page"].changes
    first, *others = (one.number for one in group.shown)
    known = {"stamp": page.context["page"].stamp, "version": "1"}

    assert (article.state, group.name, group.ticked) == (State.REPAIRING, "繁体字", group.count)
    for late in ({"stamp": "0-0"}, {"version": "7"}):
        assert "请再看一遍" in text_of(entry.post(address, known | {"kind": [group.name], "change": others} | late))
    kept = entry.post(address, known | {"version": "7", "kind": [group.name], "change": others}).context["page"]
    assert [one.number for one in kept.changes[0].shown if not one.is_ticked] == [first]  # what was typed is shown

    entry.post(address, known | {"kind": [group.name], "change": others, "later": "1"})
    article.refresh_from_db()
    assert (article.state, article.refused) == (State.REPAIRING, {"refused": [first], "accepted": []})
    entry.post(address, known | {"version": "2", "kind": [group.name], "change": others})
    article.refresh_from_db()
    assert article.text.startswith("樓門議事 邻里和睦\n越秀区人民街道")
    ArticleImport.objects.update(state=State.REPAIRING)
    entry.post(address, known | {"version": "3", "change": [first, *others]})
    article.refresh_from_db()
    assert (article.state, article.original, article.text) == (State.REVIEWING, given, given)


def test_an_article_is_not_taken_over_twice(entry: Client) -> None:
    article = make_article(luru())
    placed(entry, article)
    page = sent(entry.get(article.get_admin_url()), **{"take-over": "1"})
    entry.post(article.get_admin_url(), page)
    entry.post(article.get_admin_url(), page)
    stale = ArticleImport.objects.get()
    stale.state = State.REVIEWING
    with pytest.raises(Moved):
        take_over(stale, Taken(make_source().pk, []), luru())

    assert (Case.objects.count(), BulkChange.objects.count()) == (2, 1)


def test_an_article_is_stored_with_its_version_or_not_at_all(entry: Client) -> None:
    """Else who opens it between the two would store over what is written second, and neither is told."""
    article = make_article(luru())

    with pytest.raises(ValueError, match="nothing"):
        _stored(article, ["nothing"])

    assert ArticleImport.objects.get(pk=article.pk).version == 1
