"""Every address of the portal: who gets what by which method. An address that is not in the table fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cases.models import Attachment, Shortlist
from tests.builders import (
    make_case,
    make_draft,
    make_export,
    make_list,
    make_organisation,
    make_shortlist,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# Route as Django knows it: an address of it, for something public, and one for something that readers may not see.
PUBLIC = {
    "": ("/", None),
    "cases/": ("/cases/", None),
    "cases/export.<slug:form>": ("/cases/export.json", None),
    "cases/export/": ("/cases/export/", None),
    "exports/<slug:key>/": ("/exports/{shown_export}/", "/exports/{hidden_export}/"),
    "exports/<slug:key>/file": ("/exports/{shown_export}/file", "/exports/{hidden_export}/file"),
    "download/library.<slug:form>": ("/download/library.json", None),
    r"^cases/(?P<number>\d{4}-\d{4,8})/$": ("/cases/2020-0001/", "/cases/2020-0002/"),
    r"^cases/(?P<number>\d{4}-\d{4,8})/export\.(?P<form>[-a-z]+)$": (
        "/cases/2020-0001/export.json",
        "/cases/2020-0002/export.json",
    ),
    "compare/export.<slug:form>": ("/compare/export.csv?case=2020-0001&case=2020-0003", None),
    r"^cases/(?P<number>\d{4}-\d{4,8})/cite\.(?P<form>[a-z]+)$": (
        "/cases/2020-0001/cite.ris",
        "/cases/2020-0002/cite.ris",
    ),
    "compare/": ("/compare/?case=2020-0001", None),
    "organisations/": ("/organisations/", None),
    "organisations/export.<slug:form>": ("/organisations/export.json", None),
    "organisations/<int:pk>/": ("/organisations/{shown_body}/", "/organisations/{hidden_body}/"),
    "awards/": ("/awards/", None),
    "awards/<slug:slug>/": ("/awards/shown/", "/awards/hidden/"),
    "awards/<slug:slug>/export.<slug:form>": ("/awards/shown/export.json", "/awards/hidden/export.json"),
    "awards/<slug:slug>/cite.<slug:form>": ("/awards/shown/cite.bib", "/awards/hidden/cite.bib"),
    "attachments/<int:pk>/": ("/attachments/{shown_file}/", "/attachments/{hidden_file}/"),
    "districts/": ("/districts/", None),
    "districts/^(?P<code>[0-9F]{2,12})/$": ("/districts/440104/", None),
    "shortlist/": ("/shortlist/", None),
    "shortlist/export.<slug:form>": ("/shortlist/export.json", None),
    "shortlist/shared/<slug:token>/": ("/shortlist/shared/open/", "/shortlist/shared/None/"),
    "shortlist/shared/<slug:token>/export.<slug:form>": (
        "/shortlist/shared/open/export.json",
        "/shortlist/shared/None/export.json",
    ),
    "suggest/": ("/suggest/?q=公开", None),
    "statistics/": ("/statistics/", None),
    "statistics/export.<slug:form>": ("/statistics/export.csv?table=year", None),
    "healthz": ("/healthz", None),
    "robots.txt": ("/robots.txt", None),
    "sitemap.xml": ("/sitemap.xml", None),
    "sitemap-<slug:section>.xml": ("/sitemap-cases.xml", None),
    "feed.xml": ("/feed.xml", None),
    "download/": ("/download/", None),
    "api/": ("/api/", None),
    "api/schema/": ("/api/schema/", None),
    "api/cases/": ("/api/cases/", None),
    "api/^cases/(?P<number>[0-9]{4}-[0-9]{4,8})/$": ("/api/cases/2020-0001/", "/api/cases/2020-0002/"),
    "api/organisations/": ("/api/organisations/", None),
    "api/organisations/<int:pk>/": ("/api/organisations/{shown_body}/", "/api/organisations/{hidden_body}/"),
    "api/districts/": ("/api/districts/", None),
    "api/^districts/(?P<code>[0-9F]{2,12})/$": ("/api/districts/440104/", None),
    "api/awards/": ("/api/awards/", None),
    "api/awards/<slug:slug>/": ("/api/awards/shown/", "/api/awards/hidden/"),
    "api/sectors/": ("/api/sectors/", None),
    "api/themes/": ("/api/themes/", None),
    "api/vocabulary/": ("/api/vocabulary/", None),
    "api/statistics/": ("/api/statistics/", None),
}
SIGN_IN = "accounts/login/"
# What forms are sent to: whether it is a page to read, too; an address for what the reader owns; where that leads, None
# if the form is shown again; and an address for what is another's, or not to be seen.
POSTED = {
    "shortlist/collect/": (False, "/shortlist/collect/?add=2020-0001", "/shortlist/#collect-2020-0001", None),
    "shortlist/collect-found/": (False, "/shortlist/collect-found/", "/shortlist/", None),
    "shortlist/new/": (False, "/shortlist/new/?name=一", "/shortlist/", None),
    **{
        f"shortlist/<int:pk>/{act}/": (is_read, f"/shortlist/{{own}}/{act}/", to, f"/shortlist/{{foreign}}/{act}/")
        for act, is_read, to in [
            ("save", False, "/shortlist/"),
            ("undo", False, "/shortlist/"),
            ("forget-withdrawn", False, "/shortlist/"),
            ("rename", False, None),
            ("choose", False, "/shortlist/"),
            ("copy", False, "/shortlist/"),
            ("empty", True, "/shortlist/"),
            ("delete", True, "/shortlist/"),
            ("share", False, "/shortlist/#share"),
            ("unshare", False, "/shortlist/"),
        ]
    },
    "shortlist/shared/<slug:token>/copy/": (
        False,
        "/shortlist/shared/open/copy/",
        "/shortlist/",
        "/shortlist/shared/None/copy/",
    ),
    SIGN_IN: (True, "/accounts/login/", None, None),
    "accounts/logout/": (False, "/accounts/logout/", "/", None),
}
# Its addresses are in a table of their own, `desk_routes.txt`.
DESK = "admin/"
# One's own account: whether there is a page to read, and a form to send.
OWN_ACCOUNT = {
    "accounts/": (True, False),
    "accounts/password/": (True, True),
    "accounts/second-factor/": (True, True),
    "accounts/second-factor/codes/": (False, True),
    "accounts/second-factor/remove/": (False, True),
    "accounts/sessions/end/": (False, True),
}
# What leads nowhere without a password or a link before it: an address, where it sends who comes by itself (None: 404),
# and whether there is a form.
STEPS = {
    "accounts/login/code/": ("/accounts/login/code/", "/accounts/login/", True),
    "accounts/invitation/": ("/accounts/invitation/", None, True),
    "accounts/invitation/<slug:token>/": ("/accounts/invitation/nobodys/", None, False),
}
# What a page's script tells by itself, without cookies: no form and nothing to read.
TOLD = "searched/"


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


@pytest.fixture
def names() -> dict[str, Any]:
    from django.core.files.base import ContentFile

    shown_body, hidden_body = make_organisation("公开单位"), make_organisation("草稿单位")
    shown = make_case("公开案例", number="2020-0001", leads=[shown_body])
    make_case("另一公开案例", number="2020-0003", leads=[shown_body])
    hidden = make_draft("草稿案例", number="2020-0002", leads=[hidden_body])
    make_list("公开榜单", slug="shown", cases=[shown])
    make_list("草稿榜单", slug="hidden", cases=[shown], status="draft")
    files = []
    for case in (shown, hidden):
        file = Attachment(case=case, title="方案")
        file.file.save("a.pdf", ContentFile(b"%PDF-1.7"))
        files.append(file.pk)
    shown_export, hidden_export = (make_export(is_public=is_public) for is_public in (True, False))
    make_shortlist(shown, share_token="open")
    return {
        "foreign": make_shortlist(hidden, owner=make_user("owner")).pk,
        "shown_body": shown_body.pk,
        "hidden_body": hidden_body.pk,
        "shown_file": files[0],
        "hidden_file": files[1],
        "shown_export": shown_export.key,
        "hidden_export": hidden_export.key,
    }


def test_every_route_is_in_the_table() -> None:
    public = {route for route in routes(get_resolver().url_patterns) if not route.startswith(DESK)}

    assert public == {*PUBLIC, *POSTED, *OWN_ACCOUNT, *STEPS, TOLD}


@pytest.mark.parametrize("route", PUBLIC)
def test_readers_may_read_what_is_public_and_nothing_else(client: Client, names: dict[str, Any], route: str) -> None:
    shown, hidden = PUBLIC[route]

    assert client.get(shown.format(**names)).status_code == 200
    assert client.head(shown.format(**names)).status_code == 200
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(shown.format(**names)).status_code == 405, method
    if hidden:
        assert client.get(hidden.format(**names)).status_code == 404
        client.force_login(make_user("reader"))
        assert client.get(hidden.format(**names)).status_code == 404


@pytest.mark.parametrize(
    ("route", "reader"),
    # Whoever has signed in is led on from the page for it, whatever the method.
    [(route, who) for route in POSTED for who in ("anonymous", "signed in") if (route, who) != (SIGN_IN, "signed in")],
)
def test_forms_are_taken_from_the_owner_alone_and_only_posted(
    client: Client, names: dict[str, Any], route: str, reader: str
) -> None:
    is_read, own, led_to, foreign = POSTED[route]
    if reader == "signed in":
        client.force_login(make_user("reader"))
    client.post("/shortlist/collect/", {"add": "2020-0001"})
    names["own"] = Shortlist.objects.get(items__case__number="2020-0001", share_token=None).pk
    address, _, sent = own.format(**names).partition("?")

    if foreign:
        assert client.post(foreign.format(**names)).status_code == 404
        assert client.get(foreign.format(**names)).status_code == (404 if is_read else 405)
    for method in ("put", "patch", "delete", *(() if is_read else ("get", "head"))):
        assert getattr(client, method)(address).status_code == 405, method
    if is_read:
        assert client.get(address).status_code == client.head(address).status_code == 200
    response = client.post(address, QueryDict(sent).dict())
    assert (response.status_code, response.get("Location")) == ((302, led_to) if led_to else (200, None))


@pytest.mark.parametrize("route", OWN_ACCOUNT)
def test_an_account_is_its_owners_alone(client: Client, route: str) -> None:
    is_read, is_posted = OWN_ACCOUNT[route]
    for method in ("get", "head", "post", "put", "patch", "delete"):
        response = getattr(client, method)(f"/{route}")
        assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next=/{route}"), method

    client.force_login(make_user("reader"))
    assert [client.get(f"/{route}").status_code, client.head(f"/{route}").status_code] == [200 if is_read else 405] * 2
    assert (client.post(f"/{route}").status_code == 405) is not is_posted
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(f"/{route}").status_code == 405, method
    assert "no-store" in client.get(f"/{route}")["Cache-Control"]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("other"))
    assert strict.post(f"/{route}").status_code == 403


@pytest.mark.parametrize("route", STEPS)
@pytest.mark.parametrize("reader", ["anonymous", "signed in"])
def test_a_step_without_the_one_before_leads_nowhere(client: Client, route: str, reader: str) -> None:
    address, led_to, is_posted = STEPS[route]
    if reader == "signed in":
        client.force_login(make_user("reader"))

    for method in ("get", "head", *(["post"] if is_posted else [])):
        response = getattr(client, method)(address)
        assert (response.status_code, response.get("Location")) == ((302, led_to) if led_to else (404, None)), method
    for method in ("put", "patch", "delete", *([] if is_posted else ["post"])):
        assert getattr(client, method)(address).status_code == 405, method


def test_what_a_script_tells_is_only_posted_and_counts_by_its_own_signature_alone(client: Client) -> None:
    for reader in (None, make_user("reader")):
        if reader:
            client.force_login(reader)
        for method in ("get", "head", "put", "patch", "delete"):
            assert getattr(client, method)(f"/{TOLD}").status_code == 405, method
        assert client.post(f"/{TOLD}", {"token": "made up"}).status_code == 400


def test_forms_without_their_token_are_refused(names: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)

    for _, own, _, foreign in POSTED.values():
        for address in (own, foreign or own):
            assert client.post(address.partition("?")[0].format(own=1, **names)).status_code == 403


@pytest.mark.parametrize("address", ["/", "/cases/", "/cases/?q=x", "/nope/", "/admin/login/", "/cases/?district=x"])
def test_every_answer_carries_the_security_headers(client: Client, address: str) -> None:
    response = client.get(address)

    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "http://" not in policy
    assert "https://" not in policy


def test_pages_travel_compressed(client: Client) -> None:
    assert client.get("/cases/", headers={"accept-encoding": "gzip"})["Content-Encoding"] == "gzip"


def test_a_form_that_expired_says_so_in_chinese() -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a", "password": "b"})

    assert response.status_code == 403
    assert "表单已经失效" in response.content.decode()


def test_a_broken_page_is_a_clear_500_without_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("portal.views.library_numbers", broken)
    client.raise_request_exception = False

    response = client.get("/")

    assert response.status_code == 500
    assert "页面暂时无法显示" in response.content.decode()
    assert "secret detail" not in response.content.decode()


def test_who_found_the_database_taken_for_too_long_is_told_to_try_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*args: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("portal.views.library_numbers", busy)
    client.raise_request_exception = False

    response = client.get("/")

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "刚才的操作没有保存" in response.content.decode()
