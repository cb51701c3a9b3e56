"""The library for programs: what each address answers, what it refuses, and that nobody gets more than the public."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from cases import search
from cases.models import Citation, Correction, Credit
from tests.builders import (
    figure,
    make_case,
    make_district,
    make_draft,
    make_list,
    make_organisation,
    make_sector,
    make_source,
    make_theme,
    make_user,
)
from tests.pages import cards, exported, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LISTS = ["cases", "organisations", "districts", "awards", "sectors", "themes"]


def numbers(client: Client, query: str = "") -> list[str]:
    """The numbers of all cases, page after page."""
    found: list[str] = []
    address = f"/api/cases/{query}"
    while address:
        answer = client.get(address).json()
        found += [case["number"] for case in answer["results"]]
        address = answer["next"]
    return found


def fault(client: Client, address: str, status: int = 400) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert set(response.json()) == {"error"}
    error = response.json()["error"]
    assert set(error) == {"code", "message", "fields"}
    assert not error["message"].isascii()
    return dict(error)


def full_case() -> None:
    case = make_case(
        "党建+河长制 \x07治水",
        number="2020-0007",
        brand_name="河长制",
        start_year=2019,
        themes=[make_theme("生态环境")],
        figures=[figure("93.4", "占比", "%", qualifier="nearly"), figure(18416, "网格员", "名", year=2019)],
    )
    Credit.objects.create(case=case, organisation=make_organisation("水务局"), role="partner", position=9)
    make_list("创新榜", slug="top", cases=[case], year=2020).entries.update(rank=3)
    Correction.objects.create(case=case, date=date(2021, 3, 5), text="“九”应为“五”。")


def test_a_case_has_the_shape_that_it_has_in_the_export(client: Client) -> None:
    full_case()
    exported_case = client.get("/cases/export.json").json()["cases"][0]

    assert client.get("/api/cases/2020-0007/").json() == exported_case
    assert client.get("/api/cases/").json()["results"] == [exported_case]
    assert exported_case["title"] == "党建+河长制 治水"


def test_a_list_has_the_shape_that_it_has_in_the_export(client: Client) -> None:
    full_case()

    assert client.get("/api/awards/top/").json() == client.get("/awards/top/export.json").json()
    assert client.get("/api/awards/top/?district=22").status_code == 400
    make_district("22")
    assert client.get("/api/awards/top/?district=22").json()["entries"] == []


@pytest.mark.parametrize(
    "query",
    ["", "?sort=oldest", "?sector=rural", "?year=2020&year=2021", "?q=网格", "?q=网格&sort=title", "?district=4401"],
)
def test_the_list_has_the_cases_of_the_page_in_its_order(client: Client, query: str) -> None:
    rural = make_sector("农村", "rural")
    make_sector("机关", "government")
    make_district("4401")
    for index, (title, year) in enumerate([("乙", 2019), ("甲", 2021), ("丙", 2020)] * 2):
        make_case(f"{title}{index}网格", year=year, sector=rural if index % 2 else make_sector("机关"))
    make_draft("草稿网格", sector=rural)
    search.rebuild()

    separator = "&" if query else "?"
    assert numbers(client, f"{query}{separator}page_size=2") == exported(client, query)
    titles = [case["title"] for case in client.get(f"/api/cases/{query}").json()["results"]]
    assert titles == cards(client.get(f"/cases/{query}"))


def test_pages_lead_to_each_other(client: Client) -> None:
    for index in range(5):
        make_case(f"案例{index}")

    middle = client.get("/api/cases/?page_size=2&page=2").json()
    assert {name: middle[name] for name in ("count", "page", "pages")} == {"count": 5, "page": 2, "pages": 3}
    assert middle["next"] == "http://testserver/api/cases/?page_size=2&page=3"
    assert middle["previous"] == "http://testserver/api/cases/?page_size=2&page=1"
    last = client.get(middle["next"]).json()
    assert (len(last["results"]), last["next"]) == (1, None)
    assert client.get("/api/cases/").json()["previous"] is None


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "１", "+1", "%00", "1_0"])
@pytest.mark.parametrize("name", ["page", "page_size"])
def test_a_page_that_is_no_number_is_refused(client: Client, name: str, page: str) -> None:
    assert fault(client, f"/api/cases/?{name}={page}".replace("+", "%2B"))["fields"] == {name: ["请写 1 或更大的整数"]}


@pytest.mark.parametrize("page", ["2", "999999999999", "9" * 5000])
def test_a_page_beyond_the_last_is_not_there(client: Client, page: str) -> None:
    make_case()

    assert fault(client, f"/api/cases/?page={page}", 404)["message"] == "没有这一页：共 1 项，分 1 页。"


def test_a_page_holds_a_hundred_at_most(client: Client) -> None:
    assert fault(client, "/api/cases/?page_size=101")["fields"] == {"page_size": ["每页最多 100 项"]}
    assert client.get("/api/cases/?page_size=100").status_code == 200


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("district=999999", {"district": ["没有代码为“999999”的区划，请从区划列表中选择"]}),
        ("year=20", {"year": ["“20”不是年份，请写四位数字，如 2020"]}),
        ("sector=nope", {"sector": ["没有名为“nope”的领域，请从列表中选择"]}),
        ("list=nope", {"list": ["没有这个榜单，请从榜单页选择"]}),
        ("q=,,", {"q": ["没有可以搜索的文字，请输入汉字、字母或数字"]}),
        ("district=", {"district": ["没有写值；不用这个参数时请去掉它"]}),
        ("sort=", {"sort": ["没有写值；不用这个参数时请去掉它"]}),
        ("year=2020&year=", {"year": ["没有写值；不用这个参数时请去掉它"]}),
        ("district=44&district=4401", {"district": ["只能给一个值"]}),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_given(client: Client, query: str, fields: dict[str, list[str]]) -> None:
    make_case("不该出现")

    for address in ("cases", "statistics"):
        error = fault(client, f"/api/{address}/?{query}")
        assert (error["code"], error["fields"]) == ("bad_request", fields)
        assert "不该出现" not in error["message"]


@pytest.mark.parametrize("junk", ["%00", "a%00", "%ff%fe", "%ED%A0%80", "%F4%8F%BF%BF", "9" * 5000, "%E2%80%AE"])
@pytest.mark.parametrize("name", ["district", "sector", "theme", "kind", "year", "level", "list", "sort"])
def test_junk_is_refused_by_every_parameter(client: Client, name: str, junk: str) -> None:
    make_case(themes=[make_theme()])

    for address in ("/api/cases/", "/api/statistics/"):
        assert list(fault(client, f"{address}?{name}={junk}")["fields"]) == [name]
    assert client.get(f"/feed.xml?{name}={junk}").status_code == 400


def test_a_parameter_that_there_is_not_is_refused_instead_of_giving_everything(client: Client) -> None:
    assert "没有这个参数" in fault(client, "/api/cases/?sektor=rural")["fields"]["sektor"][0]
    assert fault(client, "/api/vocabulary/?page=1")["fields"] == {"page": ["没有这个参数，这个地址不带参数"]}


@pytest.mark.parametrize(
    "address",
    ["/api/nope/", "/api/cases/2020-9999/", "/api/cases/x/", "/api/cases/%00/",
     "/api/organisations/999999999999999999999/", "/api/districts/999999/", "/api/awards/nope/", "/api/districts/F0/"],
)  # fmt: skip
def test_what_is_not_there_is_a_404_in_the_same_shape(client: Client, address: str) -> None:
    assert fault(client, address, 404)["code"] == "not_found"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/", "/api/cases/", "/api/cases/2020-0001/", "/api/schema/"])
def test_nothing_can_be_written(method: str, address: str) -> None:
    make_case(number="2020-0001")
    client = Client(enforce_csrf_checks=True)

    response = getattr(client, method)(address, {"title": "x"}, content_type="application/json")

    assert response.status_code == 405
    assert response.json()["error"]["code"] == "method_not_allowed"
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_head_and_options_answer(client: Client) -> None:
    assert client.head("/api/cases/").status_code == 200
    assert client.head("/api/cases/").content == b""
    options = client.options("/api/cases/")
    assert (options.status_code, options.json()) == (200, {"methods": ["GET", "HEAD", "OPTIONS"]})


def test_only_json_is_given(client: Client) -> None:
    make_case("案例")

    response = client.get("/api/cases/", headers={"accept": "text/html;q=0.9, */*;q=0.1"})
    assert response["Content-Type"] == "application/json"
    assert "案例" in response.content.decode()
    refused = client.get("/api/cases/", headers={"accept": "text/html"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (406, "not_acceptable")


def test_what_breaks_is_told_in_the_same_shape_without_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("portal.api.data.choices_as_data", broken)
    client.raise_request_exception = False

    error = fault(client, "/api/vocabulary/", 500)

    assert error["code"] == "server_error"
    assert "secret" not in str(error)


@pytest.mark.parametrize("address", ["/api/cases/", "/api/nope/", "/api/cases/?year=x", "/api/", "/api/schema/"])
def test_pages_of_other_sites_may_read_all_answers_and_nothing_else(client: Client, address: str) -> None:
    assert client.get(address)["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in client.get(address)
    assert "Access-Control-Allow-Origin" not in client.get("/cases/")


def test_who_asks_makes_no_difference(client: Client) -> None:
    make_case("公开", number="2020-0001")
    make_draft("草稿", number="2020-0002")
    curator = Client()
    curator.force_login(make_user(group="审核员"))

    for address in ("/api/cases/", "/api/cases/2020-0001/", "/api/cases/2020-0002/", "/api/statistics/"):
        answers = [one.get(address) for one in (client, curator)]
        assert answers[0].content == answers[1].content
        assert "Cookie" not in answers[1].get("Vary", "")
    assert curator.get("/api/cases/2020-0002/").status_code == 404


def test_drafts_are_in_no_count(client: Client) -> None:
    shown = make_case("公开", sector=make_sector("农村", "rural"), themes=[make_theme("主题", "theme")])
    hidden_body = make_organisation("草稿单位")
    draft = make_draft(
        "草稿", leads=[hidden_body], district=make_district("440105"), sector=make_sector("城市社区", "urban")
    )
    make_list("公开榜单", slug="open", cases=[shown, draft])
    make_list("草稿榜单", slug="hidden", cases=[shown], status="draft")

    assert client.get("/api/").json()["cases"] == 1
    assert [body["name"] for body in client.get("/api/organisations/").json()["results"]] == [
        "中共广州市越秀区委组织部"
    ]
    assert client.get(f"/api/organisations/{hidden_body.pk}/").status_code == 404
    assert client.get("/api/districts/440105/").json()["case_count"] == 0
    assert client.get("/api/districts/440100/").json()["case_count"] == 1
    assert [one["slug"] for one in client.get("/api/awards/").json()["results"]] == ["open"]
    assert client.get("/api/awards/hidden/").status_code == 404
    assert [
        entry["case"] and entry["case"]["number"] for entry in client.get("/api/awards/open/").json()["entries"]
    ] == [
        shown.number,
        None,
    ]
    rows = client.get("/api/sectors/").json()["results"]
    assert [(row["name"], row["case_count"]) for row in rows] == [("农村", 1), ("城市社区", 0)]
    assert client.get("/api/themes/").json()["results"][0]["case_count"] == 1
    assert client.get("/api/cases/?list=hidden").status_code == 400


def test_statistics_count_the_cases_of_a_query(client: Client) -> None:
    rural = make_sector("农村", "rural")
    make_case("甲", year=2020, sector=rural, district=make_district("440104002"), themes=[make_theme("主题", "theme")])
    make_list(cases=[make_case("乙", year=2021, sector=rural, kind="brand")], level="city")
    make_case("丙", year=2021, sector=make_sector("机关", "government"))
    make_draft("草稿", sector=rural)

    counts = client.get("/api/statistics/?sector=rural").json()

    assert counts == {
        "count": 2,
        "districts": [
            {"value": "440000", "label": "广东省", "count": 2},
            {"value": "440100", "label": "广东省广州市", "count": 2},
            {"value": "440104", "label": "广东省广州市越秀区", "count": 2},
            {"value": "440104002", "label": "广东省广州市越秀区人民街道", "count": 1},
        ],
        "years": [{"value": "2021", "label": "2021年", "count": 1}, {"value": "2020", "label": "2020年", "count": 1}],
        "sectors": [{"value": "rural", "label": "农村", "count": 2}],
        "kinds": [
            {"value": "innovation", "label": "创新案例", "count": 1},
            {"value": "brand", "label": "党建品牌", "count": 1},
        ],
        "levels": [{"value": "city", "label": "市级", "count": 1}],
        "themes": [{"value": "theme", "label": "主题", "count": 1}],
    }


def test_districts_are_listed_with_all_below_one(client: Client) -> None:
    make_case(district=make_district("440104002"))
    make_district("2207")

    below = client.get("/api/districts/?district=4401").json()
    assert [(row["code"], row["case_count"]) for row in below["results"]] == [
        ("440100", 1),
        ("440104", 1),
        ("440104002", 1),
    ]
    assert below["results"][1]["full_name"] == "广东省广州市越秀区"
    counties = client.get("/api/districts/?level=county").json()
    assert [row["name"] for row in counties["results"]] == ["越秀区"]
    assert client.get("/api/districts/44/").json()["code"] == "440000"


def test_an_organisation_is_found_by_a_former_name(client: Client) -> None:
    body = make_organisation("新名", former_names="旧名\n更旧的名", kind="government")
    make_case(leads=[body])

    found = client.get("/api/organisations/?q=更旧").json()

    assert found["results"] == [client.get(f"/api/organisations/{body.pk}/").json()]
    assert found["results"][0]["former_names"] == ["旧名", "更旧的名"]


def test_an_organisation_has_the_shape_that_it_has_in_a_file_and_names_no_hidden_superior(client: Client) -> None:
    above = make_organisation("市委", parent=make_organisation("秘而不宣"))
    make_case(leads=[make_organisation("区委", parent=above)])

    found = client.get("/api/organisations/").json()["results"]

    assert found == client.get("/organisations/export.json").json()["organisations"]
    assert {body["name"]: body["superior"] for body in found} == {"区委": "市委", "市委": None}


def test_words_find_what_they_find_on_the_page(client: Client) -> None:
    make_case("加装电梯", approach="楼上楼下商量搭花园")
    make_case("加装电梯二")
    search.rebuild()

    found = client.get("/api/cases/?q=加装电梯 花园").json()

    assert [case["title"] for case in found["results"]] == cards(client.get("/cases/?q=加装电梯 花园"))
    assert (found["count"], found["certain"]) == (2, 1)


def test_a_longer_library_costs_no_more_queries(client: Client) -> None:
    def grow(count: int) -> None:
        for index in range(count):
            body = make_organisation(f"单位{index}-{count}")
            case = make_case(f"案例{index}", leads=[body], figures=[figure(index)], themes=[make_theme(f"主题{index}")])
            Citation.objects.create(case=case, source=make_source(f"source-{case.pk}"))
            award = make_list(f"榜单{index}-{count}", slug=f"list-{index}-{count}", cases=[case])
            list_of_all.entries.create(title=f"条目{index}", case=case).organisations.add(body)
            assert award

    list_of_all = make_list("全部", slug="all")
    addresses = [f"/api/{name}/" for name in [*LISTS, "statistics"]] + [
        "/api/awards/all/",
        "/api/cases/?q=案例",
        "/api/",
    ]
    grow(2)
    search.rebuild()
    few = queries_of(client, *addresses)
    grow(6)
    search.rebuild()
    assert queries_of(client, *addresses) == few


def test_of_many_cases_only_those_of_the_page_are_read(client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for index in range(12):
        make_case(f"案例{index}", approach=f"做法全文{index}")

    with CaptureQueriesContext(connection) as made:
        assert len(client.get("/api/cases/?page_size=3&page=2").json()["results"]) == 3
    texts = [query["sql"] for query in made if '"approach_text"' in query["sql"]]
    assert [len(re.findall(r'"id" IN \(([^)]*)\)', sql)[0].split(",")) for sql in texts] == [3]


def test_browsers_get_a_page_that_explains_everything(client: Client) -> None:
    make_sector("农村", "rural")

    page = client.get("/api/", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    html = page.content.decode()
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in page["Vary"]
    for words in ("/api/cases/{number}/", "page_size", "最多 100 项", "curl -G", "brand_name"):
        assert words in html
    assert '<script src="/static' in html
    assert "unpkg" not in html and "jsdelivr" not in html  # noqa: PT018
    assert client.get("/api/").json()["addresses"]["cases"] == "http://testserver/api/cases/"


@override_settings(RATES={"api": (60, 60), "export": None})
def test_the_page_tells_the_limits_that_hold(client: Client) -> None:
    assert "每分钟 60 次" in client.get("/api/", headers={"accept": "text/html"}).content.decode()
