"""What search engines are told: every public page, in files that keep to the protocol, and nothing else."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from cases.models import Case
from portal import sitemap
from tests.builders import make_case, make_district, make_draft, make_list, make_organisation
from tests.pages import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# The rules of the protocol, https://www.sitemaps.org/protocol.html, as a schema of our own.
RULES = f"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{SPACE}" xmlns="{SPACE}"
           elementFormDefault="qualified">
  <xs:simpleType name="location">
    <xs:restriction base="xs:anyURI">
      <xs:minLength value="12"/><xs:maxLength value="2048"/><xs:pattern value="https?://\\S+"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="change"><xs:union memberTypes="xs:date xs:dateTime"/></xs:simpleType>
  <xs:complexType name="place">
    <xs:sequence>
      <xs:element name="loc" type="location"/>
      <xs:element name="lastmod" type="change" minOccurs="0"/>
    </xs:sequence>
  </xs:complexType>
  <xs:element name="urlset"><xs:complexType><xs:sequence>
    <xs:element name="url" type="place" minOccurs="0" maxOccurs="50000"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="sitemapindex"><xs:complexType><xs:sequence>
    <xs:element name="sitemap" type="place" maxOccurs="50000"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""


def read(client: Client, address: str) -> list[tuple[str, str]]:
    """Addresses and last changes in a file that keeps to the protocol."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    tree = etree.fromstring(response.content)
    etree.XMLSchema(etree.fromstring(RULES)).assertValid(tree)
    found = [(one.findtext(f"{{{SPACE}}}loc"), one.findtext(f"{{{SPACE}}}lastmod") or "") for one in tree]
    assert all(location.startswith("http://testserver/") for location, _ in found)
    return [(location.removeprefix("http://testserver"), changed) for location, changed in found]


def everything(client: Client) -> list[str]:
    """The address of every page that the index leads to."""
    return [page for file, _ in read(client, "/sitemap.xml") for page, _ in read(client, file)]


def test_every_public_page_is_told_and_answers(client: Client) -> None:
    shown_body = make_organisation("公开单位")
    case = make_case("公开", number="2020-0001", leads=[shown_body], district=make_district("440104002"))
    make_draft("草稿", number="2020-0002", leads=[make_organisation("草稿单位")], district=make_district("2207"))
    make_case("已撤下", number="2020-0003", leads=[shown_body]).withdraw(by=None)
    make_list("公开榜单", slug="shown", cases=[case])
    make_list("草稿榜单", slug="hidden", status="draft")

    pages = everything(client)

    assert pages == [
        "/",
        "/cases/",
        "/districts/",
        "/awards/",
        "/organisations/",
        "/statistics/",
        "/download/",
        "/api/",
        "/cases/2020-0001/",
        "/awards/shown/",
        f"/organisations/{shown_body.pk}/",
        "/districts/440000/",
        "/districts/440100/",
        "/districts/440104/",
        "/districts/440104002/",
    ]
    assert {client.get(page).status_code for page in pages} == {200}


def test_a_case_tells_its_last_change(client: Client) -> None:
    for number, day in (("2020-0001", 3), ("2020-0002", 5)):
        case = make_case(number=number)
        Case.objects.filter(pk=case.pk).update(
            published_at=datetime(2021, 1, 1, tzinfo=UTC), updated_at=datetime(2021, 2, day, 20, tzinfo=UTC)
        )

    # In the evening of the one day by Greenwich it is the next day here.
    assert read(client, "/sitemap-cases.xml") == [
        ("/cases/2020-0001/", "2021-02-04"),
        ("/cases/2020-0002/", "2021-02-06"),
    ]
    told = dict(read(client, "/sitemap.xml"))
    assert datetime.fromisoformat(told["/sitemap-cases.xml"]) == datetime(2021, 2, 5, 20, tzinfo=UTC)
    assert told["/sitemap-organisations.xml"] == ""


def test_a_long_section_has_several_files(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap.Section, "limit", 2)
    for index in range(5):
        make_case(f"案例{index}")

    files = [file for file, _ in read(client, "/sitemap.xml") if "cases" in file]

    assert files == ["/sitemap-cases.xml", "/sitemap-cases.xml?p=2", "/sitemap-cases.xml?p=3"]
    assert [len(read(client, file)) for file in files] == [2, 2, 1]
    assert len(set(everything(client))) == len(everything(client))


@pytest.mark.parametrize(
    "address", ["/sitemap-nope.xml", "/sitemap-cases.xml?p=9", "/sitemap-cases.xml?p=x", "/sitemap-cases.xml?p=0",
                "/sitemap-cases.xml?p=%00", f"/sitemap-cases.xml?p={'9' * 5000}"],
)  # fmt: skip
def test_a_file_that_there_is_not_is_404(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_an_empty_library_has_a_valid_sitemap(client: Client) -> None:
    assert "/cases/" in everything(client)


def test_no_file_is_longer_than_the_protocol_allows() -> None:
    assert sitemap.Section.limit <= 50_000


def test_a_larger_library_costs_no_more_queries(client: Client) -> None:
    addresses = ["/sitemap.xml", *(f"/sitemap-{name}.xml" for name in sitemap.SECTIONS)]

    def grow(count: int) -> None:
        for index in range(count):
            case = make_case(f"案例{index}", leads=[make_organisation(f"单位{count}-{index}")])
            make_list(slug=f"list-{count}-{index}", cases=[case])

    grow(2)
    few = queries_of(client, *addresses)
    grow(5)
    assert queries_of(client, *addresses) == few


def allowed(rules: str, path: str) -> bool:
    """Whether RFC 9309 lets robots read a path: the longest rule that matches decides."""
    matching = [
        (len(pattern), kind == "Allow")
        for kind, pattern in re.findall(r"(?m)^(Allow|Disallow): (\S+)$", rules)
        if re.match(re.escape(pattern).replace(r"\*", ".*").replace(r"\$", "$"), path)
    ]
    return max(matching, default=(0, True))[1]


@pytest.mark.parametrize(
    "path",
    ["/", "/cases/", "/cases/?page=2", "/cases/2020-0001/", "/awards/top/", "/api/", "/download/", "/feed.xml",
     "/sitemap.xml"],
)  # fmt: skip
def test_robots_may_read_pages(client: Client, path: str) -> None:
    assert allowed(client.get("/robots.txt").content.decode(), path)


@pytest.mark.parametrize(
    "path",
    ["/admin/", "/cases/export.csv?q=x", "/statistics/export.csv", "/awards/top/export.json", "/download/library.json",
     "/shortlist/", "/suggest/?q=x", "/exports/1/", "/accounts/login/", "/api/cases/", "/feed.xml?q=x"],
)  # fmt: skip
def test_robots_need_not_read_files_and_what_is_typed(client: Client, path: str) -> None:
    assert not allowed(client.get("/robots.txt").content.decode(), path)


def test_robots_are_led_to_the_sitemap(client: Client) -> None:
    response: Any = client.get("/robots.txt")

    assert response["Content-Type"].startswith("text/plain")
    assert response.content.decode().splitlines()[-1] == "Sitemap: http://testserver/sitemap.xml"
