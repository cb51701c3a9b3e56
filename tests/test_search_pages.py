"""Searching as readers do, over the shipped library and its real index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import shipped
from tests.pages import exported, text_of

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def library(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any, kept_index: Path) -> Iterator[Path]:
    """The shipped library and its index, loaded once for this module and rolled back after it."""
    from django.db import transaction
    from django.test import override_settings

    root = tmp_path_factory.mktemp("shipped") / "search"
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(SEARCH_ROOT=root):
        shipped.districts()
        shipped.library()
        shipped.index(kept_index)
        yield root
        transaction.set_rollback(True)


@pytest.fixture
def reader(library: Path, db: None, settings: Any) -> Client:
    settings.SEARCH_ROOT = library
    return Client()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("第一书记", "2020-0005"),
        ("第一書記", "2020-0005"),
        ("联席会议", "2020-0006"),
        ("聯席會議", "2020-0006"),
        ("河长", "2020-0007"),
        ("河長", "2020-0007"),
        ("垃圾分类 小游戏", "2020-0010"),
        ("垃圾分類 小遊戲", "2020-0010"),
        ("红苗工程", "2020-0008"),
        ("紅苗工程", "2020-0008"),
        ("“红苗工程”", "2020-0008"),
        ("党政银", "2020-0001"),
        ("红色引擎", "2020-0002"),
        ("城中村大变样", "2020-0003"),
    ],
)
def test_readers_words_find_the_right_case_first(reader: Client, words: str, first: str) -> None:
    response = reader.get("/cases/export.json", {"q": words})
    numbers = [case["number"] for case in response.json()["cases"]]

    assert numbers[0] == first
    assert len(numbers) < 92


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("黨建引領", "党建引领"), ("加裝電梯", "加装电梯"), ("網格員", "网格员"), ("ＡＰＰ", "app"), ("睦鄰門", "睦邻门")],
)
def test_both_scripts_and_both_widths_find_the_same(reader: Client, traditional: str, simplified: str) -> None:
    found = exported(reader, f"?q={simplified}")

    assert found
    assert exported(reader, f"?q={traditional}") == found


def test_search_combines_with_every_filter(reader: Client) -> None:
    everywhere = exported(reader, "?q=网格")
    in_guangdong = exported(reader, "?q=网格&district=440000")
    elsewhere = exported(reader, "?q=网格&district=220000")

    assert in_guangdong
    assert elsewhere
    assert set(in_guangdong) | set(elsewhere) < set(everywhere)
    assert not set(in_guangdong) & set(elsewhere)
    assert in_guangdong == [number for number in everywhere if number in in_guangdong]
    assert exported(reader, "?q=第一书记&list=guangzhou-2020-top10")[0] == "2020-0005"
    assert exported(reader, "?q=第一书记&year=1999") == []


def test_what_matched_is_marked_in_the_reader_s_script_of_the_page(reader: Client) -> None:
    html = reader.get("/cases/", {"q": "紅苗工程"}).content.decode()

    assert "<mark>红苗工程</mark>" in html
    assert 'value="紅苗工程"' in html


def test_words_that_find_nothing_say_so(reader: Client) -> None:
    page = text_of(reader.get("/cases/", {"q": "量子纠缠"}))

    assert "没有符合条件的案例" in page or "没有同时含有全部词语的案例" in page


@pytest.mark.parametrize(
    "words", ["", "   ", "，。！", "*", "id:*", "((((", "\u202e", "𠮷", "a" * 300, "词 " * 60, '"', "OR", "-"]
)
def test_any_words_get_a_page(reader: Client, words: str) -> None:
    assert reader.get("/cases/", {"q": words}).status_code == 200
