"""A record that went away while somebody had its form open: nothing typed is lost, and they are led on."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from cases.discarding import discard
from cases.duplicates import merging
from cases.models import Case, Discarded
from tests.builders import make_district, make_draft, make_user
from tests.desk import opened, page_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def typed(answer: Any) -> dict[str, str]:
    assert answer.status_code == 404
    return dict(answer.context["typed"])


def test_text_typed_into_a_case_that_was_merged_meanwhile_is_shown_with_the_way_to_the_other(checker: Client) -> None:
    kept, gone = (
        make_draft("留下的", number="2020-0001"),
        make_draft("并入的", number="2020-0002", approach="原来的做法"),
    )
    data = opened(checker, gone, summary="写了很久的摘要", approach="<p>写了很久的<strong>做法</strong></p>")
    old = page_of(gone)
    merging.merge(kept, gone, by=make_user(group="管理员"))

    answer = checker.post(old, data)

    said = typed(answer)
    assert (said["标题"], said["摘要"], said["主要做法"]) == ("并入的", "写了很久的摘要", "写了很久的做法")
    assert said["署名"] == "中共广州市越秀区委组织部 · 主办"
    assert f'已并入<a href="{page_of(kept)}">' in answer.content.decode()
    assert not Case.objects.filter(summary="写了很久的摘要").exists()

    opening = checker.get(old)
    assert opening["Location"] == page_of(kept)
    assert [str(one) for one in get_messages(opening.wsgi_request)] == [f"您打开的案例已并入“{kept}”，这里就是。"]


def test_text_typed_into_what_was_thrown_away_meanwhile_is_shown_with_the_way_to_the_bin(checker: Client) -> None:
    case = make_draft("扔掉的")
    address = page_of(case)
    data = opened(checker, case, title="新的名称")
    discard(case, by=None)
    bin_page = f"/admin/cases/discarded/{Discarded.objects.get().pk}/change/"

    answer = checker.post(address, data)

    assert typed(answer)["标题"] == "新的名称"
    assert f'已移到<a href="{bin_page}">回收站</a>' in answer.content.decode()
    assert checker.get(address)["Location"] == bin_page


def test_nothing_is_told_of_what_never_was_ones_own(checker: Client) -> None:
    kept, gone = (make_draft(title, district=make_district("2207")) for title in ("外地的秘密", "外地的旧稿"))
    data = opened(checker, make_draft("自己的"), summary="随手写的")
    stranger, never = page_of(kept), page_of(gone)
    merging.merge(kept, gone, by=make_user(group="管理员"))

    answers = [checker.post(address, data) for address in (stranger, never, "/admin/cases/case/987654321/change/")]

    assert [typed(answer)["摘要"] for answer in answers] == ["随手写的"] * 3
    assert all(answer.context["whereabouts"] is None for answer in answers)
    assert not any("外地的" in answer.content.decode() for answer in answers)
    assert not Case.objects.filter(summary="随手写的").exists()
    assert checker.post(never, {}).status_code == 302
    assert signed_in("只读").post(never, data).status_code == 403
