"""A list is its reader's alone, unless its link is given away; a link shows what it is to show, until it is dead."""

import io
import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from cases.exports.forms import FORMS
from cases.models import Shortlist
from tests.builders import make_case, make_draft, make_shortlist, make_user
from tests.exporting import written
from tests.pages import text_of
from tests.shortlists import collect, form_of, kept, signed_in, taken, titles, told

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOTE = "只给自己看的备注"


@pytest.fixture
def theirs() -> Shortlist:
    """Another user's list, not shared."""
    owner = make_user("owner", last_name="某主任")
    return make_shortlist(make_case("甲", number="2020-0001"), owner=owner, notes=[NOTE], name="机密清单名")


def readers() -> dict[str, Client]:
    """Everybody but the owner: with nothing, with a list of their own, signed in, and a superuser."""
    collected = Client()
    collect(collected, make_case("另一个", number="2020-0009"))
    superuser = Client()
    superuser.force_login(make_user("boss", group="管理员", is_superuser=True))
    return {"anonymous": Client(), "collected": collected, "signed in": signed_in(), "superuser": superuser}


POSTED = ["save", "undo", "forget-withdrawn", "rename", "choose", "copy", "empty", "delete", "share", "unshare"]


@pytest.mark.parametrize("act", POSTED)
def test_the_list_of_another_is_not_there_by_any_address_or_method(theirs: Shortlist, act: str) -> None:
    sent = form_of(theirs, 甲="改了") | {"name": "改了", "notes": "1", "remove": theirs.items.get().pk}
    before = Shortlist.objects.filter(pk=theirs.pk).values().get()

    for who, client in readers().items():
        for answer in (
            client.post(f"/shortlist/{theirs.pk}/{act}/", sent),
            client.get(f"/shortlist/{theirs.pk}/{act}/"),
        ):
            assert answer.status_code in (404, 405), who
            assert NOTE not in answer.content.decode()
        assert client.post(f"/shortlist/{theirs.pk}/{act}/", sent).status_code == 404, who
    assert Shortlist.objects.filter(pk=theirs.pk).values().get() == before
    assert kept(theirs) == [("甲", NOTE)]


def test_the_list_of_a_session_is_not_there_for_others(theirs: Shortlist) -> None:
    client = Client()
    collect(client, make_case("乙"))
    shortlist = Shortlist.objects.get(owner=None)

    for who, other in readers().items():
        for act in POSTED:
            assert other.post(f"/shortlist/{shortlist.pk}/{act}/").status_code == 404, (who, act)
    assert kept(shortlist) == [("乙", "")]


def test_nothing_of_another_list_is_on_any_page(theirs: Shortlist) -> None:
    for who, client in readers().items():
        for address in ("/", "/cases/", "/cases/2020-0001/", "/shortlist/", "/shortlist/export.json",
                        "/shortlist/export.csv", "/awards/"):  # fmt: skip
            html = client.get(address).content.decode()
            assert NOTE not in html, (who, address)
            assert "机密清单名" not in html, (who, address)


def test_items_of_another_list_are_not_changed_through_ones_own(theirs: Shortlist) -> None:
    client = signed_in()
    collect(client, make_case("乙"))
    own = Shortlist.objects.get(name="我的清单")
    foreign = theirs.items.get().pk

    for button in ("up", "down", "remove"):
        client.post(
            f"/shortlist/{own.pk}/save/",
            {"item": [foreign, *own.items.values_list("pk", flat=True)], f"note-{foreign}": "改了", button: foreign},
        )

    assert kept(theirs) == [("甲", NOTE)]
    assert kept(own) == [("乙", "")]


@pytest.mark.parametrize("signed", [False, True])
def test_a_link_shows_the_list_without_notes_unless_asked_and_dies_at_once(signed: bool) -> None:
    client = signed_in() if signed else Client()
    collect(client, make_case("甲"), make_case("乙"))
    shortlist = Shortlist.objects.get()
    client.post(f"/shortlist/{shortlist.pk}/save/", form_of(shortlist, 甲=NOTE))
    address = f"/shortlist/{shortlist.pk}/share/"

    client.post(address)
    shortlist.refresh_from_db()
    link, reader = shortlist.get_shared_url(), Client()
    page = reader.get(link)
    assert titles(reader, link) == ["甲", "乙"]
    assert NOTE not in page.content.decode()
    assert taken(reader, f"{link}export.json") == [("甲", "—"), ("乙", "—")]
    assert "备注" not in reader.get(f"{link}export.csv").content.decode().splitlines()[0]
    assert reader.get(f"{link}export.json?column=note").status_code == 400
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    for answer in (page, reader.get(f"{link}export.json")):
        assert answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]

    client.post(address, {"notes": "1"})
    assert NOTE in reader.get(link).content.decode()
    assert taken(reader, f"{link}export.json") == [("甲", NOTE), ("乙", "")]
    client.post(address)
    assert NOTE not in reader.get(link).content.decode()

    client.post(f"/shortlist/{shortlist.pk}/unshare/")
    for dead in (link, f"{link}export.json", f"{link}export.csv"):
        assert reader.get(dead).status_code == 404
    assert "请分享的人重新发一个链接" in reader.get(link).content.decode()
    assert "no-store" in reader.get(link)["Cache-Control"]
    assert reader.post(f"{link}copy/").status_code == 404
    client.post(address)
    shortlist.refresh_from_db()
    assert shortlist.get_shared_url() != link
    assert reader.get(link).status_code == 404
    assert reader.get(shortlist.get_shared_url()).status_code == 200


@pytest.mark.parametrize("token", ["None", "null", "0", "x", "key-1"])
def test_no_link_leads_to_a_list_that_is_not_shared(client: Client, theirs: Shortlist, token: str) -> None:
    make_shortlist(make_case("丙"), key=token)

    assert client.get(f"/shortlist/shared/{token}/").status_code == 404
    assert client.get(f"/shortlist/shared/{token}/export.json").status_code == 404


def test_a_link_dies_with_its_list_and_with_its_owner(client: Client) -> None:
    owner = make_user("owner")
    make_shortlist(owner=owner, share_token="one")
    make_shortlist(share_token="two").delete()
    assert client.get("/shortlist/shared/one/").status_code == 200

    owner.is_active = False
    owner.save()

    assert client.get("/shortlist/shared/one/").status_code == 404
    assert client.get("/shortlist/shared/two/").status_code == 404


def test_a_shared_list_shows_nothing_of_its_owner_and_cannot_be_changed(client: Client) -> None:
    owner = make_user("zhuren", last_name="某主任")
    shortlist = make_shortlist(make_case("甲"), owner=owner, share_token="open")

    html = client.get("/shortlist/shared/open/").content.decode()

    assert "某主任" not in html
    assert "zhuren" not in html
    assert f"/shortlist/{shortlist.pk}/" not in html


def test_a_shared_list_is_copied_as_far_as_it_shows(client: Client) -> None:
    cases = [make_case("甲"), make_case("乙"), make_draft("草稿案例")]
    shortlist = make_shortlist(*cases, share_token="open", notes=[NOTE], name="书记会")
    reader = signed_in()

    assert "已把 2 个案例复制到“书记会”" in told(reader.post("/shortlist/shared/open/copy/", follow=True))
    assert taken(reader) == [("甲", ""), ("乙", "")]

    Shortlist.objects.filter(pk=shortlist.pk).update(shares_notes=True)
    collect(client, cases[1])
    assert "1 个案例复制到“我的清单”，1 个原来就在清单里" in told(
        client.post("/shortlist/shared/open/copy/", follow=True)
    )
    assert taken(client) == [("乙", ""), ("甲", NOTE)]
    assert kept(shortlist) == [("甲", NOTE), ("乙", ""), ("草稿案例", "")]
    newcomer = Client()
    newcomer.post("/shortlist/shared/open/copy/")
    assert titles(newcomer) == ["甲", "乙"]


def test_files_carry_name_note_and_time(client: Client) -> None:
    import io

    import openpyxl

    collect(client, make_case("=1+1"))
    shortlist = Shortlist.objects.get()
    client.post(f"/shortlist/{shortlist.pk}/save/", form_of(shortlist, **{"=1+1": "=2+2"}))
    client.post(f"/shortlist/{shortlist.pk}/rename/", {"name": "会议用"})

    book = openpyxl.load_workbook(io.BytesIO(client.get("/shortlist/export.xlsx").content))
    headings, row = ([cell.value for cell in cells] for cells in book["案例"].rows)
    told_of: dict[Any, Any] = {cells[0].value: cells[1].value for cells in book["说明"].rows}
    values = dict(zip(headings, row, strict=True))
    assert (values["标题"], values["备注"]) == ("=1+1", "=2+2")
    assert (told_of["清单"], told_of["案例数"]) == ("会议用", 1)
    assert "网址" not in told_of
    data = json.loads(client.get("/shortlist/export.json").content)
    assert (data["title"], data["count"]) == ("会议用", 1)
    assert client.get("/shortlist/export.exe").status_code == 404
    chosen = json.loads(client.get("/shortlist/export.json?column=note&column=title").content)
    assert chosen["cases"] == [{"title": "=1+1", "note": "=2+2"}]


def test_the_page_of_a_list_is_kept_by_no_cache(client: Client) -> None:
    collect(client, make_case())

    for address in ("/shortlist/", "/shortlist/export.json"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_reading_changes_nothing(client: Client) -> None:
    collect(client, make_case("甲"))
    shortlist = Shortlist.objects.get()
    client.post(f"/shortlist/{shortlist.pk}/share/")
    shortlist.refresh_from_db()
    before = list(Shortlist.objects.values()), kept(shortlist), dict(client.session)

    for address in ("/shortlist/", shortlist.get_shared_url(), f"/shortlist/{shortlist.pk}/empty/",
                    f"/shortlist/{shortlist.pk}/delete/", "/shortlist/?removed=1", "/accounts/login/"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies, address
        assert "甲" in text_of(answer) or "login" in address or "delete" in address or "empty" in address

    assert (list(Shortlist.objects.values()), kept(shortlist), dict(client.session)) == before


def test_a_file_that_took_long_dies_with_the_link_and_is_nobody_elses(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMS, "csv", replace(FORMS["csv"], at_once=0))
    shortlist = make_shortlist(make_case(), owner=make_user("甲"))
    shortlist.share(with_notes=True)
    file = written(client, f"/shortlist/shared/{shortlist.share_token}/export.csv")

    assert client.get(file.get_download_url()).status_code == 200
    assert Client().get(file.get_download_url()).status_code == 404
    shortlist.unshare()
    assert client.get(file.get_download_url()).status_code == 410


def test_the_log_does_not_tell_links(client: Client) -> None:
    make_shortlist(make_case(), share_token="told-to-nobody-else")
    stderr: Any = next(one for one in logging.getLogger().handlers if one.get_name() == "stderr")
    stream = io.StringIO()
    before = stderr.setStream(stream)
    try:
        refused = client.get("/shortlist/shared/told-to-nobody-else/export.xlsx?column=none")
        missing = client.get("/exports/perhaps-a-key/")
    finally:
        stderr.setStream(before)

    assert (refused.status_code, missing.status_code) == (400, 404)
    assert "/shortlist/shared/…/export.xlsx" in stream.getvalue()
    assert "told-to-nobody-else" not in stream.getvalue()
    assert "perhaps-a-key" not in stream.getvalue()
