"""A draft is nowhere, a published case is found at once, a withdrawn one is gone at once: by every door."""

import time

import pytest
from django.test import Client

from cases import search
from cases.models import Case
from tests.builders import (
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_shortlist,
    make_theme,
    make_user,
)
from tests.pages import exported, text_of

SECRET = "秘而不宣之题"
BODY = "秘而不宣之单位"


def secret_draft() -> Case:
    """A draft that an open list names as announced."""
    draft = make_draft(
        SECRET,
        number="2020-0099",
        summary="秘而不宣之摘要",
        leads=[make_organisation(BODY, district=make_district("440105"))],
        district=make_district("440105"),
        sector=make_sector("医院", "hospital"),
        themes=[make_theme("主题名称是公开的", "hush")],
        year=1999,
        figures=[{"indicator": "秘而不宣之指标", "value": 1, "unit": "个"}],
    )
    make_list("公开榜单", slug="open", cases=[draft]).entries.update(title="公布的名称")
    make_shortlist(draft, share_token="open", notes=["公开的备注"], shares_notes=True)
    return draft


DOORS = [
    "/",
    "/cases/",
    f"/cases/?q={SECRET}",
    "/cases/?q=秘而不宣",
    "/suggest/?q=秘而不宣",
    "/suggest/?q=mebx",
    "/cases/?q=秘而不宣之提",
    "/cases/?district=440105",
    "/cases/?year=1999",
    "/cases/?sector=hospital",
    "/cases/?theme=hush",
    "/cases/2020-0001/",
    "/cases/2020-0001/cite.bib",
    "/compare/?case=2020-0001&case=2020-0099",
    "/compare/?case=2020-0001&q=秘而不宣",
    "/compare/?q=秘而不宣",
    "/organisations/",
    "/organisations/?q=秘而不宣",
    "/organisations/export.json",
    "/organisations/export.csv",
    "/organisations/?district=440105",
    "/organisations/?kind=department",
    "/awards/",
    "/awards/open/",
    "/awards/open/?sector=hospital",
    "/awards/open/cite.ris",
    "/awards/open/export.csv",
    "/awards/open/export.json",
    "/districts/",
    "/districts/?choose=1&sector=hospital",
    "/districts/?place=hzq",
    "/districts/440105/",
    "/districts/440100/",
    "/cases/export.json",
    "/cases/export.csv",
    f"/cases/export.json?q={SECRET}",
    "/cases/export/",
    f"/cases/export/?q={SECRET}",
    "/cases/export.csv?sector=hospital",
    "/download/library.json",
    "/download/library.csv",
    "/shortlist/shared/open/",
    "/shortlist/shared/open/export.csv",
    "/shortlist/shared/open/export.json",
    "/statistics/",
    f"/statistics/?q={SECRET}",
    "/statistics/export.csv?table=single-figures",
    "/feed.xml",
    "/feed.xml?q=秘而不宣",
    "/sitemap-cases.xml",
    "/download/",
    "/api/",
    "/api/schema/",
    "/api/cases/",
    "/api/cases/?q=秘而不宣",
    "/api/cases/?district=440105",
    "/api/organisations/",
    "/api/organisations/?q=秘而不宣",
    "/api/awards/open/",
    "/api/statistics/",
]


def leaks(client: Client) -> list[str]:
    """The doors through which the secret shows, by its number, its summary or its body."""
    shown = []
    for door in DOORS:
        response = client.get(door)
        assert response.status_code == 200, door
        text = response.content.decode().replace("<mark>", "").replace("</mark>", "")
        # A page may repeat the number that its own address asks for.
        number = "2020-0099" in text and "2020-0099" not in door
        if number or "秘而不宣之摘要" in text or BODY in text:
            shown.append(door)
    return shown


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "review", "withdrawn"])
@pytest.mark.parametrize("reader", ["anonymous", "signed in", "curator"])
def test_what_is_not_published_is_on_no_page_in_no_count_no_search_and_no_export(
    client: Client, state: str, reader: str
) -> None:
    make_case("公开案例", number="2020-0001")
    case = secret_draft()
    if state == "review":
        case.submit(by=None)
    elif state == "withdrawn":
        case.publish(by=None)
        search.rebuild()  # the index still knows it, and must not tell
        case.withdraw(by=None)
    if state != "withdrawn":
        search.rebuild()
    if reader != "anonymous":
        client.force_login(make_user(group="审核员" if reader == "curator" else ""))

    assert leaks(client) == []
    assert exported(client) == ["2020-0001"]
    assert "1 个案例" in text_of(client.get("/cases/"))


@pytest.mark.any_database
@pytest.mark.django_db
def test_the_sweep_notices_a_published_case(client: Client) -> None:
    make_case("公开案例", number="2020-0001")
    secret_draft().publish(by=None)
    search.rebuild()

    # Award lists do not name it, a citation names no other page, and the tree of districts has but one more to count.
    assert set(leaks(client)) == set(DOORS) - {
        "/awards/",
        *(door for door in DOORS if "/cite." in door or door.startswith("/cases/export/")),
        "/download/",
        "/api/",
        "/api/schema/",
        "/api/statistics/",
        *(door for door in DOORS if door.startswith("/districts/?")),
        "/districts/",
    }


@pytest.mark.django_db(transaction=True)
def test_published_it_is_findable_within_two_seconds_and_withdrawn_gone_at_once(client: Client, draining: None) -> None:
    make_case("公开案例", number="2020-0001")
    search.rebuild()
    case = secret_draft()
    assert exported(client, f"?q={SECRET}") == []

    case.publish(by=None)
    published = asked = time.monotonic()
    while exported(client, f"?q={SECRET}") != ["2020-0099"]:
        assert asked - published < 2, "not findable after two seconds"
        time.sleep(0.05)
        asked = time.monotonic()

    case.withdraw(by=None)
    assert exported(client, f"?q={SECRET}") == []
    assert leaks(client) == []


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_reaches_nobody(client: Client) -> None:
    from django.db import transaction

    case = secret_draft()
    search.rebuild()
    with transaction.atomic():
        case.publish(by=None)
        transaction.set_rollback(True)

    search.drain()

    assert exported(client, f"?q={SECRET}") == []
