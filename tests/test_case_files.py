"""Files of a case: brought up while its form is open, told to nobody else, off the disk when nothing needs them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook

from cases.models import Attachment, Case, CaseVersion, WorkingCopy
from tests.builders import attach, make_case, make_district, make_draft, make_user
from tests.desk import ADD, CASES, filled, page_of, signed_in
from tests.test_uploads import HTML, SVG, office, picture, png_of
from tests.test_working_copies import typed

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def upload(case: Case) -> str:
    return f"{CASES}{case.pk}/upload/"


def bring(client: Client, case: Case, name: str, content: bytes, title: str = "标题", **sent: Any) -> Any:
    form = typed(client, page_of(case))
    fields = {"version": form["version"], "title": title}
    return client.post(upload(case), fields | sent | {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_stored_at_once_and_takes_the_version_that_the_next_one_starts_from(entry: Client) -> None:
    case = make_draft()
    form = typed(entry, page_of(case))

    first = bring(entry, case, "方案.pdf", b"%PDF-1.7", "实施方案", version=form["version"]).json()
    second = bring(entry, case, "正门.png", picture("PNG"), "服务站正门", version=first["version"]).json()

    assert (first["version"], second["version"]) == (2, 3)
    assert (first["position"], second["position"]) == (0, 1)
    stored = list(case.attachments.values_list("title", "original_name", "position"))
    assert stored == [("实施方案", "方案.pdf", 0), ("服务站正门", "正门.png", 1)]
    assert f'<img src="{Attachment.objects.get(title="服务站正门").get_absolute_url()}"' in second["file"]
    # The form that was open all the while still saves, and a stale one does not take a file.
    assert entry.post(page_of(case), form | {"version": "3", "title": "改过"}).status_code == 302
    late = bring(entry, case, "late.pdf", b"%PDF-1.7", version="3")
    assert (late.status_code, case.attachments.count()) == (409, 2)
    assert "别人修改了" in late.json()["error"]


@pytest.mark.parametrize(
    ("name", "content", "title", "said"),
    [
        ("a.svg", SVG, "图", "不接受“svg”文件"),
        ("a.pdf", HTML, "文件", "文件内容不是 PDF"),
        ("a.png", picture("PNG"), "", "必填"),
        ("a.png", picture("PNG"), "a.png", "写明画面内容"),
        ("a.png", png_of(13_000, 13_000), "大图", "过大"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_may_not_be_stored_is_refused_in_words_and_changes_nothing(
    entry: Client, name: str, content: bytes, title: str, said: str
) -> None:
    case = make_draft()

    answer = bring(entry, case, name, content, title)

    assert answer.status_code == 400
    assert said in answer.json()["error"]
    case.refresh_from_db()
    assert (case.version, case.attachments.count()) == (1, 0)


def test_files_come_only_from_those_who_may_edit_the_case_and_with_a_token(entry: Client) -> None:
    sent = {"version": "1", "title": "方案"}
    for state in ("foreign", "review"):
        case = make_draft(district=make_district("2207" if state == "foreign" else "440104"))
        if state == "review":
            case.submit(by=None)
        assert entry.post(upload(case), sent | {"file": SimpleUploadedFile("a.pdf", b"%PDF-")}).status_code == 404
    assert signed_in("只读").post(upload(make_draft()), sent).status_code == 404
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(make_user(group="录入员"))
    for address in (f"{make_draft().pk}/upload/", "working-copy/", "checks/", "preview/"):
        assert guarded.post(f"{CASES}{address}", sent).status_code == 403
    assert not Attachment.objects.exists()
    assert not WorkingCopy.objects.exists()


def test_the_file_of_a_draft_is_nowhere_for_anybody_else(client: Client) -> None:
    address = attach(make_draft(), "方案.pdf", "方案").get_absolute_url()
    outsiders = [client, Client(), signed_in("审核员", districts=["2207"])]
    outsiders[1].force_login(make_user("reader"))

    for outsider in outsiders:
        for headers in ({}, {"range": "bytes=0-3"}, {"if-none-match": "*"}, {"if-range": "*", "range": "bytes=0-"}):
            for method in (outsider.get, outsider.head):
                answer = method(address, headers=headers)
                assert (answer.status_code, "ETag" in answer) == (404, False)
                assert b"%PDF" not in answer.content
    assert signed_in("只读").get(address).status_code == 200


def test_whoever_has_a_file_already_is_told_so_as_long_as_it_is_the_same(client: Client) -> None:
    case = make_case()
    file = attach(case, "方案.pdf", "方案")
    tag = client.get(file.get_absolute_url())["ETag"]

    again = client.get(file.get_absolute_url(), headers={"if-none-match": tag})
    assert (again.status_code, again["ETag"], again.content) == (304, tag, b"")

    file.file = SimpleUploadedFile("新.pdf", b"%PDF-1.7 new")
    file.save()
    assert client.get(file.get_absolute_url(), headers={"if-none-match": tag}).status_code == 200
    case.withdraw(by=None)
    assert client.get(file.get_absolute_url(), headers={"if-none-match": tag}).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["../../x.pdf", "..\\x.pdf", 'a"b;c.pdf', "a\r\nSet-Cookie: x=1.pdf", "<img onerror=x>.pdf", "长" * 200 + ".pdf"],
)
def test_an_odd_name_is_harmless_in_headers_and_pages(checker: Client, name: str) -> None:
    file = attach(make_case(), name, "方案")

    answer = checker.get(file.get_absolute_url())

    assert re.fullmatch(r"attachments/[0-9a-f]{32}\.pdf", str(file.file.name))
    assert "Set-Cookie" not in answer
    assert not re.search(r"[\r\n/\\]", file.original_name)
    assert len(file.original_name) <= 150
    assert answer["Content-Disposition"].startswith("attachment")
    for address in (page_of(file.case), file.case.get_absolute_url()):
        assert "<img onerror" not in checker.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("polyglot.pdf", b"%PDF-1.7\n<html><script>alert(1)</script>"),
        ("polyglot.jpg", picture("JPEG") + b"<script>alert(1)</script>"),
        ("polyglot.docx", office(members={"word/x.html": b"<script>alert(1)</script>"})),
    ],
)
def test_a_file_that_is_two_things_at_once_is_served_as_one(entry: Client, name: str, content: bytes) -> None:
    case = make_draft()
    assert bring(entry, case, name, content, "两种").status_code == 200

    answer = entry.get(Attachment.objects.get().get_absolute_url())

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "html" not in answer["Content-Type"]
    assert answer["Content-Disposition"].startswith("inline" if name.endswith("jpg") else "attachment")


def test_a_workbook_with_a_cell_in_the_last_corner_is_taken_as_it_is(entry: Client, tmp_path: Path) -> None:
    book = Workbook()
    book.active["XFD1048576"] = "边角"  # type: ignore[index]
    book.save(tmp_path / "corner.xlsx")

    assert bring(entry, make_draft(), "边角.xlsx", (tmp_path / "corner.xlsx").read_bytes(), "边角").status_code == 200


# On the disk


def stored(tmp_path: Path) -> list[str]:
    folder = tmp_path / "uploads" / "attachments"
    return sorted(f"attachments/{path.name}" for path in folder.iterdir())


def age(tmp_path: Path) -> None:
    for path in (tmp_path / "uploads" / "attachments").iterdir():
        os.utime(path, (0, 0))


def test_a_file_goes_once_neither_a_row_nor_anything_kept_names_it(entry: Client, tmp_path: Path) -> None:
    case = make_draft()
    needed, removed, remembered = (str(attach(case, "a.pdf", title).file.name) for title in ("留", "删", "记"))
    Attachment.objects.exclude(title="留").delete()
    # What keeps a case as it was names its files in a column like this one.
    entry.post(f"{CASES}working-copy/", typed(entry, ADD, background=f"旧版本里有 {remembered}"))

    call_command("clear_attachments")
    assert stored(tmp_path) == sorted([needed, removed, remembered])  # all of today
    age(tmp_path)
    call_command("clear_attachments", "--list")
    assert len(stored(tmp_path)) == 3
    call_command("clear_attachments")
    assert stored(tmp_path) == sorted([needed, remembered])


def test_the_file_of_a_row_removed_in_the_form_stays_as_long_as_a_version_has_it(
    checker: Client, tmp_path: Path
) -> None:
    case = make_draft()
    attach(case, "a.pdf", "方案")
    sent = filled(checker.get(page_of(case))) | {"attachments-0-DELETE": "on"}
    assert checker.post(page_of(case), sent).status_code == 302
    assert not case.attachments.exists()
    age(tmp_path)

    call_command("clear_attachments")
    assert len(stored(tmp_path)) == 1
    CaseVersion.objects.all().delete()
    call_command("clear_attachments")
    assert stored(tmp_path) == []
