"""Articles of many shapes are read as an attentive reader would read them, and nothing is ever invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.articles import Knowledge, read
from tests.bench.articles import load, score, shipped_knowledge

pytestmark = pytest.mark.any_database

ARTICLES = Path(__file__).parent / "articles"
MADE_UP = sorted(file.stem for file in ARTICLES.glob("*.yaml"))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return shipped_knowledge()


@pytest.mark.parametrize("name", MADE_UP)
def test_an_article_is_read_as_its_gold_file_says(name: str, knowledge: Knowledge) -> None:
    text = (ARTICLES / f"{name}.txt").read_text(encoding="utf-8")
    assert score(read(text, knowledge), load(ARTICLES / f"{name}.yaml"), text).wrong == []
