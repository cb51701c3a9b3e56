"""A library with unpublished things in it answers word for word as one without them."""

from datetime import date

import pytest
from django.test import Client

from cases import search
from cases.models import AwardList, Case, Citation, Correction, FunnelStage, Organisation
from tests.builders import (
    attach,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_source,
    make_theme,
    make_user,
)
from tests.pages import without_token

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

WORDS = "网格员上门服务群众解难题"
PATHS = [
    "/",
    "/?city=220700",
    "/cases/",
    "/cases/?sort=title&more=list",
    "/cases/?q=网格员",
    "/cases/?q=秘密",
    "/cases/?list=secret",
    "/cases/?district=220000",
    "/cases/2020-0001/",
    "/cases/2020-0002/",
    "/cases/2020-0098/",
    "/cases/2020-0099/",
    "/cases/export.csv",
    "/cases/export.json",
    "/compare/?case=2020-0001",
    "/compare/?case=2020-0001&case=2020-0099",
    "/compare/?q=秘密",
    "/districts/",
    "/districts/?choose=1&place=sy",
    "/districts/220000/",
    "/districts/440104/",
    "/organisations/",
    "/organisations/?district=220700",
    "/awards/",
    "/awards/?district=220000",
    "/awards/?year=1999",
    "/awards/open/",
    "/awards/secret/",
    "/awards/secret/export.csv",
    "/statistics/",
    "/statistics/?district=220000",
    *(f"/statistics/export.csv?table={table}" for table in ("district-sector", "level", "figures", "single-figures")),
    "/feed.xml",
    "/feed.xml?q=秘密",
    "/feed.xml?district=220000",
    "/sitemap.xml",
    *(f"/sitemap-{section}.xml" for section in ("cases", "awards", "organisations", "districts")),
    "/download/",
    "/api/",
    "/api/schema/",
    "/api/cases/?district=220000",
    "/api/cases/?list=secret",
    "/api/cases/2020-0099/",
    "/api/organisations/",
    "/api/districts/220000/",
    "/api/awards/?year=1999",
    "/api/awards/secret/",
    "/api/sectors/",
    "/api/themes/",
    "/api/statistics/",
    "/suggest/?q=秘密",
    "/suggest/?q=mm",
]


def answer(client: Client, path: str) -> tuple[int, str]:
    response = client.get(path)
    return response.status_code, without_token(response)


def open_library() -> tuple[Organisation, Case]:
    make_district("2207")
    body = make_organisation("公开之单位", district=make_district("440104"))
    whole = make_case(
        "公开之题", number="2020-0001", approach=WORDS, leads=[body], themes=[make_theme("主题", "theme")]
    )
    other = make_case("公开之另一个", number="2020-0002", approach=WORDS, leads=[body])
    make_list("公开榜单", slug="open", series="年榜", cases=[whole, other])
    return body, whole


def add_secrets(body: Organisation, whole: Case) -> tuple[list[Case], list[str]]:
    """Tie unpublished things to public ones in every way; return the cases, and addresses that are theirs alone."""
    place = make_district("2207")
    under = make_organisation("秘密之下级", parent=body, district=place)
    hidden_body = make_organisation("秘密之单位", district=place)
    secret = make_draft(
        "秘密之题",
        number="2020-0099",
        brand_name="秘密品牌",
        approach=WORDS,
        district=place,
        sector=whole.sector,
        themes=list(whole.themes.all()),
        leads=[body, under],
        part_of=whole,
        figures=[{"indicator": "秘密指标", "value": 1, "unit": "个"}],
    )
    Citation.objects.create(case=secret, source=make_source("secret", publisher="秘密社", title="秘密来源"))
    Correction.objects.create(case=secret, date=date(2024, 1, 1), text="秘密勘误")
    file = attach(secret, "a.pdf", "秘密附件")
    around = make_draft("秘密之整体", number="2020-0098", district=place, leads=[hidden_body])
    Case.objects.filter(number="2020-0002").update(part_of=around)
    hidden = make_list(
        "秘密榜单",
        slug="secret",
        series="年榜",
        year=1999,
        level="national",
        status=AwardList.Status.DRAFT,
        organiser=hidden_body,
        cases=[whole, secret],
    )
    hidden.entries.update(district=place)
    hidden.entries.first().organisations.add(hidden_body, body)  # type: ignore[union-attr]
    FunnelStage.objects.create(award_list=hidden, stage="秘密环节", count=5)
    return [secret, around], [under.get_absolute_url(), hidden_body.get_absolute_url(), file.get_absolute_url()]


@pytest.mark.parametrize("state", ["draft", "review", "withdrawn"])
@pytest.mark.parametrize("reader", ["anonymous", "signed in", "curator"])
def test_no_answer_changes_by_what_is_not_published(client: Client, state: str, reader: str) -> None:
    if reader != "anonymous":
        client.force_login(make_user(group="审核员" if reader == "curator" else ""))
    body, whole = open_library()
    search.rebuild()
    paths = [*PATHS, body.get_absolute_url()]
    before = {path: answer(client, path) for path in paths}

    cases, addresses = add_secrets(body, whole)
    for case in cases:
        if state == "review":
            case.submit(by=None)
        elif state == "withdrawn":
            case.publish(by=None)
            case.withdraw(by=None)
    search.rebuild()

    previews = {"/cases/2020-0098/", "/cases/2020-0099/"} if reader == "curator" else set()
    assert [path for path in paths if path not in previews and answer(client, path) != before[path]] == []
    files = addresses if reader != "curator" else addresses[:2]
    assert {client.get(address).status_code for address in files} == {404}


def test_the_comparison_notices_what_is_published(client: Client) -> None:
    body, whole = open_library()
    search.rebuild()
    before = {path: answer(client, path) for path in PATHS}

    cases, _ = add_secrets(body, whole)
    for case in cases:
        case.publish(by=None)
    AwardList.objects.update(status=AwardList.Status.PUBLISHED)
    search.rebuild()

    assert {path for path in PATHS if answer(client, path) == before[path]} == set()
