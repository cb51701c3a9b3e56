"""The curators' dictionary: its rules, its place in the admin, and the terms that come with the library."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from cases.models import Sector, Term
from cases.search import fold
from tests.builders import make_term, make_user
from tests.desk import errors, filled, told

pytestmark = pytest.mark.django_db

TERMS = "/admin/cases/term/"


def refusals(term: Term) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        term.full_clean()
    return refusal.value.message_dict


def new(word: str, *synonyms: str, **fields: Any) -> Term:
    return Term(word=word, synonyms_text="\n".join(synonyms), **fields)


def test_what_nobody_sees_is_taken_out_when_a_term_is_saved() -> None:
    term = make_term(
        "\u3000两新\u00a0\u3000组织\ufeff ",
        " 新经济组织和新社会组织\t",
        "",
        "新经济组织\u200b和新社会组织",
        "两新 组织",
        "新经济组织、新社会组织\r",
    )

    term.refresh_from_db()
    assert term.word == "两新 组织"
    assert term.synonyms_text == "新经济组织和新社会组织\n新经济组织、新社会组织"


def test_synonyms_are_read_each_once_whatever_was_stored() -> None:
    make_term(
        "两新组织", "“两新”组织", "新经济组织和新社会组织", "兩新組織", "——", "新經濟組織和新社會組織", "新兴组织"
    )

    assert Term.objects.get().synonyms == ["新经济组织和新社会组织", "新兴组织"]


def test_a_word_may_stand_alone_and_a_term_is_not_in_its_own_way() -> None:
    make_term("第一书记")
    group = make_term("两新组织", "新经济组织和新社会组织")

    group.full_clean()
    new("红苗工程").full_clean()


@pytest.mark.parametrize("word", ["兩新組織", "“两新”组织", "两新 组织", "两新组织"])
def test_a_word_that_search_takes_for_another_is_refused_by_its_name(word: str) -> None:
    other = make_term("两新组织")
    message = f"已有词条“两新组织”，与“{word}”在搜索中是同一个词（不分繁简、大小写、全半角和标点）。"

    assert refusals(new(word)) == {"word": [message + "请修改那个词条"]}
    other.is_active = False
    other.save()
    assert refusals(new(word)) == {"word": [message + "它已停用，请改为启用那个词条"]}
    assert refusals(new(word, is_active=False)) == {"word": [message + "它已停用，请改为启用那个词条"]}


def test_latin_letters_count_in_any_case_and_width() -> None:
    make_term("AI党建")

    assert "已有词条“AI党建”" in refusals(new("ａｉ黨建"))["word"][0]
    new("AI党课").full_clean()


def test_each_spelling_belongs_to_one_active_term() -> None:
    make_term("两新组织", "新经济组织和新社会组织")
    make_term("非公企业")
    advice = "。一个说法只能属于一个词条：请从这里删去，或把两个词条并成一个，停用另一个"

    assert refusals(new("新經濟組織和新社會組織")) == {
        "word": ["“新經濟組織和新社會組織”已是词条“两新组织”的同义说法。请使用那个词条，或先从它的同义说法中删去"]
    }
    assert refusals(new("新兴领域", "新经济组织 和 新社会组织", "社会组织", "非公企業")) == {
        "synonyms_text": [
            f"“新经济组织 和 新社会组织”已是词条“两新组织”的同义说法{advice}",
            f"“非公企業”本身就是词条“非公企业”{advice}",
        ]
    }


def test_what_is_switched_off_holds_no_spelling() -> None:
    make_term("两新组织", "新经济组织和新社会组织", is_active=False)
    make_term("非公企业", "非公有制企业")

    new("新兴领域", "新经济组织和新社会组织", "两新组织").full_clean()
    off = make_term("民营企业", "非公有制企业", is_active=False)
    off.full_clean()
    off.is_active = True
    assert list(refusals(off)) == ["synonyms_text"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("党", "词至少要有两个汉字、字母或数字"),
        ("党！", "词至少要有两个汉字、字母或数字"),
        ("双报到，双联系", "这里只填一个词，不用逗号、分号或等号；其他说法写进“同义说法”，每行一个"),
        ("长" * 41, "确保该变量包含不超过 40 字符 (目前字符数 41)。"),
        ("", "此字段不能为空。"),
    ],
)
def test_a_word_that_cannot_serve_is_refused_once(word: str, message: str) -> None:
    assert refusals(new(word, "工会、共青团、妇联")) == {"word": [message]}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("党", "“党”过短：至少要有两个汉字、字母或数字"),
        ("长" * 41, f"“{'长' * 41}”过长：最多 40 个字，现有 41 个"),
        (
            "到社区报到，到居住地报到",
            "“到社区报到，到居住地报到”里有逗号、分号或等号：同义说法请每行一个，说法本身的停顿用顿号",
        ),
        ("雙報到", "“雙報到”与“双报到”只差繁简、大小写、全半角或标点，搜索时不加区分，请删去"),
        ("双向-报到", "“双向-报到”与“双向报到”只差繁简、大小写、全半角或标点，搜索时不加区分，请删去"),
    ],
)
def test_a_synonym_that_cannot_serve_is_refused_by_its_text(line: str, message: str) -> None:
    assert refusals(new("双报到", "双向报到", line, "党组织到社区报到、党员到居住地报到")) == {
        "synonyms_text": [message]
    }


def test_a_term_has_twenty_synonyms_and_no_more() -> None:
    synonyms = [f"说法{number}" for number in range(21)]

    new("双报到", *synonyms[:20]).full_clean()
    assert refusals(new("双报到", *synonyms)) == {"synonyms_text": ["同义说法最多 20 个，现有 21 个"]}


def test_every_save_is_dated() -> None:
    term = make_term()
    dates = [term.changed_at]
    for fields in (None, ["is_active"], []):
        term.save(update_fields=fields)
        dates.append(Term.objects.get().changed_at)

    assert dates == sorted(set(dates))


def test_readers_see_the_terms_in_use() -> None:
    used = make_term("两新组织")
    make_term("没写完的", is_active=False)

    assert list(Term.objects.visible_to(None)) == list(Term.objects.active()) == [used]
    assert list(Term.objects.visible_to(make_user())) == [used]


# The admin


def entered(**changes: str) -> dict[str, str]:
    data = {"word": "两新组织", "synonyms_text": "新经济组织和新社会组织\r\n新经济组织、新社会组织", "is_active": "on"}
    return data | {"note": "常用简称"} | changes


def test_a_checker_enters_and_corrects_a_term(checker: Client) -> None:
    assert checker.post(f"{TERMS}add/", entered()).status_code == 302

    term = Term.objects.get()
    assert (term.word, term.is_active, term.note) == ("两新组织", True, "常用简称")
    assert term.synonyms == ["新经济组织和新社会组织", "新经济组织、新社会组织"]

    page = f"{TERMS}{term.pk}/change/"
    assert checker.post(page, filled(checker.get(page), synonyms_text="新兴组织")).status_code == 302
    assert Term.objects.get().synonyms == ["新兴组织"]
    history = checker.get(f"{TERMS}{term.pk}/history/").content.decode()
    assert "已修改同义说法。" in re.sub(r"\s", "", history)


def test_a_refused_term_is_not_stored_and_the_form_says_why(checker: Client) -> None:
    make_term("非公企业", "非公有制企业")

    answer = checker.post(f"{TERMS}add/", entered(word="", synonyms_text="非公有制企業\r\n党"))

    assert "这个字段是必填项。" in errors(answer)
    assert "词至少要有" not in errors(answer)
    assert "“非公有制企業”已是词条“非公企业”的同义说法" in errors(answer)
    assert "“党”过短" in errors(answer)
    assert "非公有制企業" in answer.content.decode()
    assert [term.word for term in Term.objects.all()] == ["非公企业"]


def test_the_entry_role_reads_terms_and_only_administrators_delete_them(
    entry: Client, checker: Client, administrator: Client
) -> None:
    term = make_term()
    page, delete = f"{TERMS}{term.pk}/change/", f"{TERMS}{term.pk}/delete/"

    shown = entry.get(page)
    assert shown.status_code == 200
    assert 'name="_save"' not in shown.content.decode()
    switch = {"action": "switch_off", "_selected_action": [term.pk]}
    assert entry.post(page, entered(word="改过")).status_code == 403
    assert entry.post(f"{TERMS}add/", entered(word="新的")).status_code == 403
    entry.post(TERMS, switch)
    for client in (entry, checker):
        assert client.post(delete, {"post": "yes"}).status_code == 403
    assert list(Term.objects.values_list("word", "is_active")) == [("两新组织", True)]

    assert administrator.post(delete, {"post": "yes"}).status_code == 302
    assert not Term.objects.exists()


def test_the_list_finds_words_and_synonyms_and_tells_which_are_in_use(entry: Client) -> None:
    make_term("两新组织", "新经济组织和新社会组织", "新经济组织、新社会组织")
    make_term("非公企业", "非公有制企业", is_active=False)

    def listed(query: str) -> list[str]:
        return [term.word for term in entry.get(f"{TERMS}{query}").context["cl"].result_list]

    assert listed("") == ["两新组织", "非公企业"]
    assert listed("?q=两新") == ["两新组织"]
    assert listed("?q=非公有制") == ["非公企业"]
    assert listed("?is_active__exact=1") == ["两新组织"]
    page = entry.get(TERMS).content.decode()
    assert "新经济组织和新社会组织、新经济组织、新社会组织</td>" in page
    assert page.count(">启用</td>") == page.count(">停用</td>") == 1


def test_terms_are_switched_on_and_off_together_dated_and_logged(checker: Client) -> None:
    on, off = make_term("两新组织"), make_term("非公企业", is_active=False)
    before = dict(Term.objects.values_list("word", "changed_at"))
    both = [on.pk, off.pk]

    answer = checker.post(TERMS, {"action": "switch_off", "_selected_action": both}, follow=True)
    assert told(answer) == "1 个词条已停用。"
    assert set(Term.objects.values_list("word", "is_active")) == {("两新组织", False), ("非公企业", False)}

    answer = checker.post(TERMS, {"action": "switch_on", "_selected_action": both}, follow=True)
    assert told(answer) == "2 个词条已启用。"
    after = dict(Term.objects.values_list("word", "changed_at"))
    assert all(after[word] > before[word] for word in before)
    history = checker.get(f"{TERMS}{on.pk}/history/").content.decode()
    assert "状态（启用 → 停用）" in history
    assert "状态（停用 → 启用）" in history


def test_a_term_that_would_overlap_is_not_switched_on(checker: Client) -> None:
    first = make_term("非公企业", "非公有制企业", is_active=False)
    second = make_term("民营企业", "非公有制企业", is_active=False)

    chosen = {"action": "switch_on", "_selected_action": [first.pk, second.pk]}
    answer = checker.post(TERMS, chosen, follow=True)

    assert "词条“非公企业”没有启用：“非公有制企业”已是词条“民营企业”的同义说法" in told(answer)
    assert "1 个词条已启用。" in told(answer)
    assert [term.word for term in Term.objects.active()] == ["民营企业"]


# The data file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of terms only."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "vocabulary.yaml").write_text("sectors: [{name: 农村, slug: rural}]\nthemes: []\n", encoding="utf-8")
    return folder


def load(folder: Path, text: str = "", **options: Any) -> list[str]:
    """Load a library with this file of terms; return what the command tells."""
    if text:
        (folder / "terms.yaml").write_text(text, encoding="utf-8")
    out = io.StringIO()
    call_command("load_library", folder, stdout=out, **options)
    return out.getvalue().splitlines()


TWO = """
terms:
  - word: 两新组织
    synonyms: [新经济组织和新社会组织]
    note: 简称
  - word: 第一书记
"""


def stored() -> dict[str, tuple[list[str], str, bool]]:
    return {term.word: (term.synonyms, term.note, term.is_active) for term in Term.objects.all()}


def dates() -> dict[str, Any]:
    return dict(Term.objects.values_list("word", "changed_at"))


def test_terms_are_loaded_with_the_library_and_once(folder: Path) -> None:
    assert load(folder, TWO) == ["terms.yaml：新增 2 个词条"]
    first = dates()

    assert load(folder) == ["terms.yaml：新增 0 个词条"]
    assert load(folder, update=True) == ["terms.yaml：新增 0 个词条"]

    assert stored() == {"两新组织": (["新经济组织和新社会组织"], "简称", True), "第一书记": ([], "", True)}
    assert dates() == first


def test_loading_leaves_what_curators_changed_unless_told_otherwise(folder: Path) -> None:
    load(folder, TWO)
    Term.objects.get(word="第一书记").delete()
    term = Term.objects.get()
    term.word, term.synonyms_text, term.is_active = "“两新”组织", "新兴组织", False
    term.save()
    changed = {"“两新”组织": (["新兴组织"], "简称", False), "第一书记": ([], "", True)}

    assert load(folder) == ["terms.yaml：新增 1 个词条"]
    assert stored() == changed

    assert load(folder, update=True) == ["terms.yaml：新增 0 个词条"]
    assert stored() == {"两新组织": (["新经济组织和新社会组织"], "简称", False), "第一书记": ([], "", True)}


def test_a_term_in_the_way_of_a_curator_s_own_is_told_and_left_out(folder: Path) -> None:
    make_term("新兴组织", "新经济组织和新社会组织")

    lines = load(folder, TWO)

    assert lines[0] == "terms.yaml：新增 1 个词条"
    assert len(lines) == 2
    assert lines[1].startswith(
        "terms.yaml：词条 两新组织 没有装入：“新经济组织和新社会组织”已是词条“新兴组织”的同义说法"
    )
    assert stored() == {"新兴组织": (["新经济组织和新社会组织"], "", True), "第一书记": ([], "", True)}


def test_a_spelling_may_move_from_one_term_of_the_file_to_another(folder: Path) -> None:
    load(folder, TWO)

    load(folder, "terms: [{word: 第一书记, synonyms: [新经济组织和新社会组织]}, {word: 两新组织}]", update=True)

    assert stored() == {"两新组织": ([], "", True), "第一书记": (["新经济组织和新社会组织"], "", True)}


def test_every_fault_of_the_terms_is_named_and_nothing_is_stored(folder: Path) -> None:
    (folder / "document.yaml").write_text(
        "source: {key: a, kind: 传单, publisher: 某报, title: 某文}", encoding="utf-8"
    )
    text = """
terms:
  - {word: 两新组织, synonyms: [新经济组织和新社会组织, 党], colour: red}
  - {word: 兩新組織}
  - {word: 两新组织, synonyms: [新经济组织和新社会组织, 党]}
  - {word: “两新”组织, synonyms: [新经济组织，新社会组织]}
  - {word: 新興組織, synonyms: [新经济组织和新社会组织, 2020]}
  - {synonyms: 红苗}
  - 第一书记
  - {word: LONG}
"""

    with pytest.raises(CommandError) as refusal:
        load(folder, text.replace("LONG", "长" * 41))

    lines = [line.strip() for line in str(refusal.value).splitlines()]
    assert lines[0].startswith("数据文件有 11 处问题，什么都没有装入")
    for fault in (
        "document.yaml：来源：来源类型“传单”不在可选之列",
        "terms.yaml：词条 两新组织：不认识的栏目“colour”",
        "terms.yaml：词条 两新组织：“党”过短",
        "terms.yaml：词条 两新组织：已有词条“兩新組織”",
        "terms.yaml：词条 “两新”组织：已有词条“兩新組織”",
        "terms.yaml：词条 “两新”组织：“新经济组织，新社会组织”里有逗号",
        "terms.yaml：词条 新興組織：“2020”应为文字，请加引号",
        "terms.yaml：词条 第 6 条：缺少 word",
        "terms.yaml：词条 第 6 条：synonyms 应为列表",
        "terms.yaml：词条 第 7 条：应写成 word、synonyms、note",
        f"terms.yaml：词条 {'长' * 41}：确保该变量包含不超过 40 字符",
    ):
        assert [line for line in lines if line.startswith(fault)], fault
    assert not Term.objects.exists()
    assert not Sector.objects.exists()


@pytest.mark.parametrize("text", ["terms: 两新组织", "words: []", "- 两新组织", "terms: [", " "])
def test_a_damaged_file_of_terms_is_named(folder: Path, text: str) -> None:
    with pytest.raises(CommandError, match=r"terms\.yaml"):
        load(folder, text)

    assert not Sector.objects.exists()


def test_a_library_needs_no_terms(folder: Path) -> None:
    assert load(folder) == []
    assert Sector.objects.count() == 1


def test_the_shipped_terms_join_only_what_means_the_same(folder: Path) -> None:
    shipped = (settings.BASE_DIR / "fixtures" / "library" / "terms.yaml").read_text(encoding="utf-8")

    assert load(folder, shipped) == ["terms.yaml：新增 41 个词条"]

    groups = {word: set(synonyms) for word, (synonyms, _, _) in stored().items()}
    assert groups["两新组织"] == {"新经济组织和新社会组织", "新经济组织、新社会组织"}
    assert {"新冠肺炎", "新冠肺炎疫情", "新型冠状病毒肺炎"} < groups["疫情"]
    assert groups["居委会"] == {"居民委员会"}
    assert groups["第一书记"] == set()
    streams = [fold(text) for word, synonyms in groups.items() for text in (word, *synonyms)]
    assert len(streams) == len(set(streams))
    for related in ("社区", "党建", "组织", "民营企业", "经济开发区"):
        assert related not in streams
