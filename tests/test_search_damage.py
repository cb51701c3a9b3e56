"""The index damaged in every way, by its files and its folders: every page answers, and the next tending mends it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cases import search
from cases.models import Case, IndexChange
from cases.search import drainer, generations, live
from tests.builders import make_case, make_draft
from tests.pages import cards, exported
from tests.test_search_index import current, found, proposed

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOBODY = 65534
RIGHT = {"加装电梯甲", "加装电梯乙"}


@pytest.fixture
def library(settings: Any, tmp_path: Path, monkeypatch: Any) -> Path:
    """A library whose index has several files and a deletion; returns a copy of the folder, to be damaged."""
    whole = settings.SEARCH_ROOT = tmp_path / "whole"
    make_case("加装电梯甲", brand_name="暖心电梯")
    make_case("垃圾分类")
    withdrawn = make_case("加装电梯撤下")
    make_draft("加装电梯草稿")
    search.rebuild()
    withdrawn.withdraw(by=None)
    make_case("加装电梯乙")
    search.drain()
    monkeypatch.setattr(drainer, "REBUILD_PAUSE", -1.0)
    live._shelf.forget()
    assert len(list(current().iterdir())) > 4
    return whole


@pytest.fixture
def copied(library: Path, settings: Any, tmp_path: Path) -> Callable[[str], Path]:
    """Copy the whole index to a new folder and use that; returns the generation in it."""

    def copy(name: str) -> Path:
        settings.SEARCH_ROOT = tmp_path / name
        shutil.copytree(library, settings.SEARCH_ROOT, symlinks=True)
        live._shelf.forget()
        return current()

    return copy


def searched() -> set[str]:
    return set(cards(Client().get("/cases/", {"q": "电梯"})))


def narrowed() -> set[str]:
    return set(cards(Client().get("/cases/", {"q": "电梯", "district": "440104", "sort": "newest"})))


def taken_away() -> set[str]:
    return set(Case.objects.filter(number__in=exported(Client(), "?q=电梯")).values_list("title", flat=True))


def suggested() -> set[str]:
    answer = Client().get("/suggest/", {"q": "加装电梯"}).json()
    return {suggestion["text"] for suggestion in answer["suggestions"] if suggestion["kind"] == "标题"}


def read() -> set[str]:
    """The page of one case, the home page and the list of all, which need no search but may use it."""
    pages = [Client().get(case.get_absolute_url()) for case in Case.objects.filter(title__in=RIGHT)]
    pages += [Client().get("/"), Client().get("/cases/"), Client().get("/cases/?district=440104")]
    assert [page.status_code for page in pages] == [200] * 5
    texts = [page.content.decode() for page in pages]
    assert not any("草稿" in text or "撤下" in text for text in texts)
    return {title for title in RIGHT if sum(title in text for text in texts) >= 4}


WAYS = (searched, suggested, taken_away, narrowed, read)
# What was damaged shows in the first answer; the others are asked after another damage.
EACH = len(WAYS) if os.environ.get("CASE_LIBRARY_LONG_TESTS") else 2


def wrong_answers(first: int = 0, ways: int = len(WAYS)) -> list[str]:
    """Ask in so many ways, another one first each time; return those that did not answer as they should."""
    asked = (WAYS[first % len(WAYS) :] + WAYS[: first % len(WAYS)])[:ways]
    return [way.__name__ for way in asked if way() != RIGHT]


def is_mended(mend: Callable[[], object] = drainer._worker._tend) -> bool:
    """Do what the draining thread does at every look, and ask the index itself, as a process would that just began."""
    live._shelf.forget()
    assert {Case.objects.get(pk=pk).title for pk in found("电梯").ids} == RIGHT
    search.status()
    mend()
    live._shelf.forget()
    titles = {Case.objects.get(pk=pk).title for pk in proposed("电梯")}
    return titles == RIGHT and not found("电梯").degraded and not generations.problem()


def test_a_sound_index_answers_every_page(copied: Callable[[str], Path]) -> None:
    copied("sound")
    assert wrong_answers() == []
    assert not found("电梯").degraded
    assert is_mended()


def spoil(file: Path, how: str) -> None:
    content = file.read_bytes()
    if how == "removed":
        file.unlink()
    elif how == "emptied":
        file.write_bytes(b"")
    elif how == "halved":
        file.write_bytes(content[: len(content) // 2])
    elif content:
        place = {"flipped first": 0, "flipped in the middle": len(content) // 2, "flipped last": -1}[how]
        spoilt = bytearray(content)
        spoilt[place] ^= 0xFF
        file.write_bytes(spoilt)


HOW = ["removed", "emptied", "halved", "flipped first", "flipped in the middle", "flipped last"]


@pytest.mark.any_database
@pytest.mark.parametrize("already_open", [True, False])
@pytest.mark.parametrize("how", HOW)
def test_whatever_happens_to_a_file_every_page_answers(
    how: str, already_open: bool, copied: Callable[[str], Path]
) -> None:
    for serial, name in enumerate(sorted(file.name for file in current().iterdir())):
        folder = copied(name)
        says_something = (folder / name).stat().st_size > 0
        if already_open:
            assert proposed("电梯")
        spoil(folder / name, how)
        assert wrong_answers(serial + HOW.index(how), EACH) == [], name
        live._shelf.forget()
        assert searched() == RIGHT
        assert bool(generations.problem()) == says_something, name
        assert is_mended(drainer._worker._tend if already_open else search.reconcile), name


def to_nowhere(link: Path) -> None:
    link.unlink()
    link.symlink_to("nowhere")


def to_itself(link: Path) -> None:
    link.unlink()
    link.symlink_to(link.name)


def to_a_name_too_long(link: Path) -> None:
    link.unlink()
    link.symlink_to("x" * 300)


def into_a_file(link: Path) -> None:
    link.unlink()
    link.write_text("current")


def into_a_folder(link: Path) -> None:
    link.unlink()
    link.mkdir()


def into_the_index(link: Path) -> None:
    """As a copy makes it that follows links."""
    path = link.resolve()
    link.unlink()
    path.rename(link)


@pytest.mark.parametrize("already_open", [True, False])
@pytest.mark.parametrize(
    "turn", [Path.unlink, to_nowhere, to_itself, to_a_name_too_long, into_a_file, into_a_folder, into_the_index]
)
def test_whatever_becomes_of_the_link_every_page_answers(
    turn: Callable[[Path], None], already_open: bool, copied: Callable[[str], Path]
) -> None:
    link = copied("turned").parent / "current"
    if already_open:
        assert proposed("电梯")
    turn(link)
    assert wrong_answers() == []
    assert found("电梯").degraded
    assert is_mended()


def test_what_others_put_beside_the_index_stays_and_does_no_harm(library: Path) -> None:
    (library / "uploads").mkdir()
    kept = [library / "说明.txt", library / "uploads" / "扫描件.pdf", library / "uploads" / "meta.json"]
    for file in kept:
        file.write_text("{}")
    (current() / "说明.txt").write_text("说明")
    assert wrong_answers() == []
    for _ in range(3):
        search.rebuild()
        assert is_mended()
    assert [file for file in kept if not file.exists()] == []


def test_a_folder_that_cannot_be_made_leaves_the_database_to_answer(settings: Any, library: Path) -> None:
    (library / "file").write_text("")
    settings.SEARCH_ROOT = library / "file" / "search"
    assert wrong_answers() == []
    assert found("电梯").degraded
    assert search.status().problem == "索引尚未建立"
    with pytest.raises(OSError, match="Not a directory"):
        search.drain()
    settings.SEARCH_ROOT = library
    assert is_mended()


@pytest.fixture
def shared(settings: Any, library: Path) -> Iterator[Path]:
    """The index in a folder that any account may look into."""
    with tempfile.TemporaryDirectory() as name:
        settings.SEARCH_ROOT = Path(name) / "search"
        shutil.copytree(library, settings.SEARCH_ROOT, symlinks=True)
        for folder in (Path(name), settings.SEARCH_ROOT, current()):
            folder.chmod(0o755)
        yield settings.SEARCH_ROOT


@contextmanager
def rights(folder: Path, mode: int) -> Iterator[None]:
    """Have so many rights to a folder only; the administrator, whom no mode keeps out, becomes nobody meanwhile."""
    assert wrong_answers() == []
    live._shelf.forget()
    folder.chmod(mode)
    is_administrator = os.geteuid() == 0
    if is_administrator:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_administrator:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.mark.filterwarnings("ignore:No directory at")
def test_an_index_that_cannot_be_written_is_read(shared: Path) -> None:
    with rights(shared, 0o555):
        assert wrong_answers() == []
        assert not found("电梯").degraded
        assert search.status().problem == ""


@pytest.mark.filterwarnings("ignore:No directory at")
@pytest.mark.parametrize("whole", [True, False])
def test_an_index_that_cannot_be_read_leaves_the_database_to_answer(whole: bool, shared: Path) -> None:
    with rights(shared if whole else current(), 0):
        assert wrong_answers() == []
        assert found("电梯").degraded
        assert search.status().problem == ("索引尚未建立" if whole else "索引无法读取")
    assert is_mended()


def test_draining_into_a_damaged_index_keeps_the_changes_for_the_next_one(library: Path) -> None:
    late = make_case("加装电梯后来")
    for file in current().glob("*.toc"):
        spoil(file, "halved")
    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever Whoosh makes of it)
        search.drain()
    assert set(IndexChange.objects.values_list("case_id", flat=True)) == {late.pk}
    assert search.status().problem == "索引文件已损坏"
    search.rebuild()
    assert late.pk in proposed("电梯")
    assert IndexChange.objects.count() == 0


def test_an_unexpected_error_does_not_condemn_a_sound_index(library: Path) -> None:
    generations.mark_if_damaged(current())
    assert generations.problem() == ""
