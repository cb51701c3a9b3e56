"""Texts that nobody should type: an answer or a message, soon, from the index and from the database alike."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cases import search
from cases.models import Case
from cases.search import live
from cases.search.query import parse
from tests import shipped
from tests.builders import make_case, make_term
from tests.generated import generate
from tests.pace import within
from tests.pages import text_of

# Of the processor's time, which does not depend on what else the machine does meanwhile.
SECONDS = 1.0
GENERATED = 80
SYNONYMS = "老楼装电梯", "旧楼加梯", "加梯", "加建电梯", "增设电梯", "既有住宅加梯", "楼道电梯", "家门口电梯"
LONG_RUN = "啊" * 20_000
SENTENCE = "魑魅魍魉在犄角旮旯里用饕餮鳜鱼熬制酢浆，貔貅踟蹰徘徊于阡陌纵横的蛮荒氤氲之间；"


@pytest.fixture(scope="module")
def library(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """Some two hundred cases and their index, made once for this module and rolled back after it."""
    from django.db import transaction
    from django.test import override_settings

    root = tmp_path_factory.mktemp("junk") / "search"
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(SEARCH_ROOT=root):
        shipped.districts()
        shipped.library()
        generate(GENERATED)
        make_case("一个音", approach=LONG_RUN)
        make_term("加电梯", *SYNONYMS)
        search.rebuild()
        yield root
        transaction.set_rollback(True)


@pytest.fixture(params=[pytest.param("index", marks=pytest.mark.any_database), "database"])
def answered_by(request: Any, library: Path, db: None, settings: Any, tmp_path: Path) -> str:
    settings.SEARCH_ROOT = library if request.param == "index" else tmp_path / "none"
    return str(request.param)


JUNK = {
    "5,000 terms": "党 " * 5000,
    "as many terms as there may be": " ".join("党建引领基层治理服务群众社区网"),
    "3,000 parentheses": "(" * 3000,
    "256 parentheses": "(" * 128 + ")" * 128,
    "everything": "*",
    "a field of the engine": "id:*",
    "a range of the engine": "[党 TO 建] text:党^5~2",
    "a NUL": "党\0建",
    "only a NUL": "\0",
    "a lone surrogate": "党\ud800建\udfff",
    "marks from right to left": "\u202e党建\u200f\u202d",
    "nothing to see": "\u200d" * 256,
    "a rare character": "𠮷",
    "a field without a word": "标题:“ ",
    "fields in fields": "标题:单位:地区:榜单:党",
    "every term in a field": " ".join(["单位:党建", "榜单:党建"] * 8),
    "thousands of quotation marks": "“" * 3000,
    "256 quotation marks": '"' * 256,
    "quotation marks of every kind": "“党”\"建'」『引﹂﹁领" * 20,
    "minus signs": "-" * 256,
    "minus after minus": "- " * 120,
    "nothing but exclusions": "-党 " * 16,
    "one word and exclusions": "党 " + " ".join(["-榜单:党建"] * 15),
    "OR after OR": "OR " * 80,
    "a chain of OR": " OR ".join("党建引领基层治理服务群众社区网"),
    "a chain of synonyms": " OR ".join(f"加电梯{number}" for number in "党建引领基层治理服务群众社区网"),
    "synonym upon synonym": "加电梯" * 85,
    "synonyms in parts": "加电梯，" * 64,
    "one character, long": "啊" * 256,
    "one character, much too long": "啊" * 5000,
    "one character": "啊",
    "one character again and again": "啊 " * 16,
    "a part for every character": "".join(f"{chr(0x4E00 + 7 * number)}，" for number in range(128)),
    "a sentence that finds nothing": (SENTENCE * 10)[:256],
    "words that are all nearly right": "加装电题 第一书纪 垃圾分累 网格员员 红苗工成 党建引另 基层治里 商圈党见",
    "letters": "a" * 256,
    "letters that may be pinyin": "dangjianyinlingjicengzhilishequfuwuqunzh",
    "initials": "djyljczl" * 5,
    "digits": "1" * 256,
    "words that say nothing": "的 是 了 在 和",
    "percent signs and backslashes": "%_\\" * 80,
    "markup": "<script>alert(1)</script>",
    "marks upon marks": "e" + "\u0301" * 250,
    "characters that are many": "ﷺ" * 256,
}


def timed(job: Callable[[], Any]) -> Any:
    """Return what a job returns; it may take no longer than a reader waits."""

    def anew() -> Any:
        parse.cache_clear()
        live._shelf.answers.clear()
        return job()

    return within(SECONDS, anew)


@pytest.mark.parametrize("text", JUNK.values(), ids=JUNK)
def test_any_text_gets_an_answer_or_a_message_within_a_second(text: str, answered_by: str) -> None:
    query = f"?q={quote(text.encode('utf-8', 'surrogatepass'))}&page=1000000000"
    client = Client()
    page = timed(lambda: client.get(f"/cases/{query}"))
    hints = timed(lambda: client.get(f"/suggest/{query}"))
    file = timed(lambda: client.get(f"/cases/export.json{query}"))
    assert (page.status_code, hints.status_code) == (200, 200)
    assert len(hints.json()["suggestions"]) <= 10
    assert file.status_code == 400 or len(text) <= 256
    if file.status_code == 400:
        assert 'role="alert"' in page.content.decode()
    else:
        assert f"{file.json()['count']} 个案例" in text_of(page)
        assert ("搜索索引正在更新" in text_of(page)) == (answered_by == "database")
    timed(lambda: search.corrections(text, Case.objects.visible_to(None)))


SIGNS = ' -“”"「(*，：:\0\ud800\u202e𠮷 　%'
WORDS = ["标题:", "单位：", " OR ", " -", "加电梯", "党建", "的", "hmgc", "2020-0007", "啊啊啊啊", "红苗工程"]
ANYTHING = st.one_of(
    st.lists(st.sampled_from([*SIGNS, *WORDS]), max_size=40).map("".join),
    st.text(st.one_of(st.characters(), st.characters(categories=["Cs"]), st.sampled_from(SIGNS)), max_size=260),
)


@given(ANYTHING, st.one_of(ANYTHING, st.just(LONG_RUN)))
@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_makes_an_error(answered_by: str, text: str, passage: str) -> None:
    cases = Case.objects.visible_to(None)
    found = timed(lambda: search.search(text, cases))
    assert set(found.ids) <= set(cases.values_list("pk", flat=True))
    assert not (found.ids and found.message)
    near = timed(lambda: search.corrections(text, cases))
    assert all(search.search(other, cases).certain for other in near)
    proposed = {pk for hint in timed(lambda: search.hints(text, cases, 40)) for pk in hint.cases}
    assert not proposed or cases.filter(pk__in=proposed).exists()
    for marked in (
        timed(lambda: search.highlight(passage, text)),
        timed(lambda: search.snippet(text, [passage, f"{text}。{passage}"])),
    ):
        assert "<" not in marked.replace("<mark>", "").replace("</mark>", "")
