"""Noting and ordering what is on a shortlist, and having several."""

import pytest
from django.test import Client
from django.utils.html import escape

from cases.models import Case, Shortlist
from tests.builders import make_case
from tests.pages import text_of
from tests.shortlists import COLLECT, collect, form_of, kept, signed_in, taken, titles, told

pytestmark = pytest.mark.django_db


# Notes and order


def test_notes_and_order_are_stored(client: Client) -> None:
    collect(client, *(make_case(title) for title in "甲乙丙"))
    shortlist = Shortlist.objects.get()
    sent = form_of(shortlist, 乙="先讲这个。\r\n再讲别的。")
    sent["item"] = list(reversed(sent["item"]))

    response = client.post(f"/shortlist/{shortlist.pk}/save/", sent | {"save": "1"}, follow=True)

    assert told(response) == "备注和次序已保存。"
    assert kept(shortlist) == [("丙", ""), ("乙", "先讲这个。\n再讲别的。"), ("甲", "")]
    assert taken(client) == kept(shortlist)


def test_buttons_move_one_place_and_keep_what_was_typed(client: Client) -> None:
    collect(client, *(make_case(title) for title in "甲乙丙"))
    shortlist = Shortlist.objects.get()
    first, _, last = shortlist.items.values_list("pk", flat=True)
    address = f"/shortlist/{shortlist.pk}/save/"

    response = client.post(address, form_of(shortlist, 甲="记一笔") | {"down": first})
    assert response["Location"] == f"/shortlist/#item-{first}"
    assert kept(shortlist) == [("乙", ""), ("甲", "记一笔"), ("丙", "")]
    client.post(address, form_of(shortlist) | {"up": last})
    client.post(address, form_of(shortlist) | {"down": first})
    assert [title for title, _ in kept(shortlist)] == ["乙", "丙", "甲"]
    assert list(shortlist.items.values_list("position", flat=True)) == [1, 2, 3]


def test_a_note_too_long_is_refused_and_nothing_typed_is_lost(client: Client) -> None:
    collect(client, make_case("甲"), make_case("乙"))
    shortlist = Shortlist.objects.get()
    sent = form_of(shortlist, 甲="长" * 501, 乙="好的备注")
    sent["item"].reverse()

    response = client.post(f"/shortlist/{shortlist.pk}/save/", sent)

    assert "备注最多 500 个字，现有 501 个，请缩短" in text_of(response)
    assert [(line.case.title, line.note) for line in response.context["edit"].lines] == [
        ("乙", "好的备注"),
        ("甲", "长" * 501),
    ]
    assert kept(shortlist) == [("甲", ""), ("乙", "")]


def test_a_note_changed_in_another_window_is_not_overwritten_unseen(client: Client) -> None:
    collect(client, make_case("甲"), make_case("乙"))
    shortlist = Shortlist.objects.get()
    stale = form_of(shortlist, 甲="旧窗口写的")
    address = f"/shortlist/{shortlist.pk}/save/"
    client.post(address, form_of(shortlist, 甲="新窗口写的", 乙="也写了"))

    response = client.post(address, stale)

    page = text_of(response)
    assert "这条备注已在另一个窗口改成：“新窗口写的”" in page
    assert "旧窗口写的" in page
    assert kept(shortlist) == [("甲", "新窗口写的"), ("乙", "也写了")]
    again: dict[str, str] = {}
    for line in response.context["edit"].lines:
        again |= {f"was-{line.item.pk}": line.was, f"note-{line.item.pk}": line.note}
    client.post(address, {"item": stale["item"], **again})
    assert kept(shortlist) == [("甲", "旧窗口写的"), ("乙", "也写了")]


def test_two_windows_order_the_list_and_both_keep_what_they_do_not_know(client: Client) -> None:
    collect(client, *(make_case(title) for title in "甲乙丙"))
    shortlist = Shortlist.objects.get()
    stale = form_of(shortlist, 乙="写给已移出的")
    client.post(COLLECT, {"remove": Case.objects.get(title="乙").number})
    collect(client, make_case("丁"))
    stale["item"].reverse()

    response = client.post(f"/shortlist/{shortlist.pk}/save/", stale, follow=True)

    assert kept(shortlist) == [("丙", ""), ("甲", ""), ("丁", "")]
    assert "有一个案例已在别处移出清单，写给它的备注没有保存：“写给已移出的”" in told(response)


def test_what_was_taken_off_is_put_back_in_its_place_with_its_note(client: Client) -> None:
    cases = [make_case(title) for title in "甲乙丙"]
    collect(client, *cases)
    shortlist = Shortlist.objects.get()
    item = shortlist.items.get(case=cases[1])

    response = client.post(
        f"/shortlist/{shortlist.pk}/save/", form_of(shortlist, 乙="要紧") | {"remove": item.pk}, follow=True
    )
    assert "已移出“乙”。" in text_of(response)
    assert "已移出" not in text_of(client.get("/shortlist/"))
    assert titles(client) == ["甲", "丙"]
    client.post(f"/shortlist/{shortlist.pk}/undo/")
    assert kept(shortlist) == [("甲", ""), ("乙", "要紧"), ("丙", "")]
    client.post(f"/shortlist/{shortlist.pk}/undo/")
    assert len(kept(shortlist)) == 3

    client.post(COLLECT, {"remove": cases[1].number})
    collect(client, cases[1])  # pressing the button of a card once more undoes as well
    assert kept(shortlist) == [("甲", ""), ("乙", "要紧"), ("丙", "")]


def test_what_was_deleted_since_it_was_taken_off_is_not_put_back(client: Client) -> None:
    kept_one, deleted = make_case("甲"), make_case("乙")
    collect(client, kept_one, deleted)
    shortlist = Shortlist.objects.get()
    client.post(COLLECT, {"remove": deleted.number})
    deleted.withdraw(by=None)
    deleted.delete()

    response = client.post(f"/shortlist/{shortlist.pk}/undo/", follow=True)

    assert "没有放回：这个案例已经删除。" in told(response)
    assert kept(shortlist) == [("甲", "")]


@pytest.mark.parametrize("signed", [False, True])
def test_a_withdrawn_case_is_only_counted_and_can_be_cleared(signed: bool) -> None:
    client = signed_in() if signed else Client()
    secret, open_case = make_case("秘而不宣之题", number="2020-0099"), make_case("公开")
    collect(client, secret, open_case)
    shortlist = Shortlist.objects.get()
    client.post(f"/shortlist/{shortlist.pk}/save/", form_of(shortlist, 秘而不宣之题="秘而不宣之备注"))
    client.post(f"/shortlist/{shortlist.pk}/share/", {"notes": "1"})
    secret.withdraw(by=None)
    shortlist.refresh_from_db()

    page = client.get("/shortlist/")
    assert "清单里有 1 个案例已不再公开" in text_of(page)
    shared = f"/shortlist/shared/{shortlist.share_token}/"
    for address in ("/shortlist/", "/shortlist/export.json", "/shortlist/export.csv", "/cases/", shared,
                    f"{shared}export.json", f"{shared}export.csv", f"/shortlist/{shortlist.pk}/empty/"):  # fmt: skip
        html = client.get(address).content.decode()
        assert "秘而不宣" not in html, address
        assert "2020-0099" not in html, address
    assert "清单 1 个案例" in text_of(page)
    client.post(f"/shortlist/{shortlist.pk}/save/", form_of(shortlist))
    assert shortlist.items.count() == 2

    client.post(f"/shortlist/{shortlist.pk}/forget-withdrawn/")
    assert kept(shortlist) == [("公开", "")]


def test_what_is_not_shown_keeps_its_place_when_the_rest_is_ordered(client: Client) -> None:
    cases = [make_case(title) for title in "甲乙丙"]
    collect(client, *cases)
    shortlist = Shortlist.objects.get()
    cases[1].withdraw(by=None)
    first, _, last = shortlist.items.values_list("pk", flat=True)

    client.post(f"/shortlist/{shortlist.pk}/save/", {"item": [last, first]})

    assert [title for title, _ in kept(shortlist)] == ["丙", "乙", "甲"]


# Several lists


def test_a_user_has_several_lists_and_adds_to_the_chosen_one() -> None:
    client = signed_in()
    one, two = make_case("甲"), make_case("乙")
    collect(client, one)
    first = Shortlist.objects.get()
    client.post("/shortlist/new/", {"name": "  会议  用 "})
    collect(client, two)

    assert {shortlist.name: kept(shortlist) for shortlist in Shortlist.objects.all()} == {
        "我的清单": [("甲", "")],
        "会议 用": [("乙", "")],
    }
    assert titles(client) == ["乙"]
    client.post(f"/shortlist/{first.pk}/choose/")
    assert titles(client) == ["甲"]
    client.post(f"/shortlist/{first.pk}/copy/")
    assert client.get("/shortlist/").context["shortlist"].name == "我的清单 副本"
    assert titles(client) == ["甲"]
    assert Shortlist.objects.filter(is_current=True).count() == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "请填写清单名称"),
        (" \u200b\x07 ", "请填写清单名称"),
        ("长" * 61, "清单名称最多 60 个字，现有 61 个，请缩短"),
        ("a\0b", "清单名称里有不能显示的字符"),
    ],
)
def test_a_bad_name_is_refused_and_what_was_typed_stays(name: str, said: str) -> None:
    client = signed_in()
    collect(client, make_case())
    shortlist = Shortlist.objects.get()

    for address in (f"/shortlist/{shortlist.pk}/rename/", "/shortlist/new/"):
        response = client.post(address, {"name": name})
        assert said in text_of(response)
        assert escape(name.strip()) in response.content.decode()
    assert [found.name for found in Shortlist.objects.all()] == ["我的清单"]


def test_too_many_lists_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in()
    monkeypatch.setattr("cases.collecting.MOST_LISTS", 2)
    for name in "甲乙":
        client.post("/shortlist/new/", {"name": name})

    assert "最多可以有 50 个清单" in text_of(client.post("/shortlist/new/", {"name": "丙"}))
    pk = Shortlist.objects.values_list("pk", flat=True)[0]
    assert "没有复制：最多可以有 50 个清单" in told(client.post(f"/shortlist/{pk}/copy/", follow=True))
    assert Shortlist.objects.count() == 2


def test_without_an_account_there_is_one_list(client: Client) -> None:
    collect(client, make_case())

    assert "没有登录时只有一个清单" in told(client.post("/shortlist/new/", {"name": "又一个"}, follow=True))
    assert Shortlist.objects.count() == 1


def test_emptying_and_deleting_ask_first() -> None:
    client = signed_in()
    collect(client, make_case("甲"))
    client.post("/shortlist/new/", {"name": "乙单"})
    current, other = Shortlist.objects.get(name="乙单"), Shortlist.objects.get(name="我的清单")
    collect(client, make_case("乙"))

    assert "清空“乙单”？ 清单里的 1 个案例" in text_of(client.get(f"/shortlist/{current.pk}/empty/"))
    assert "删除“乙单”？" in text_of(client.get(f"/shortlist/{current.pk}/delete/"))
    assert kept(current) == [("乙", "")]
    client.post(f"/shortlist/{current.pk}/empty/")
    assert kept(current) == []
    client.post(f"/shortlist/{current.pk}/delete/")
    assert list(Shortlist.objects.all()) == [other]
    assert titles(client) == ["甲"]


def test_deleting_the_list_of_a_session_leaves_room_for_another(client: Client) -> None:
    collect(client, make_case("甲"))
    client.post(f"/shortlist/{Shortlist.objects.get().pk}/delete/")
    assert Shortlist.objects.count() == 0

    collect(client, make_case("乙"))
    assert titles(client) == ["乙"]
