"""A draft, a withdrawn case and another reader's notes are behind no address, in no format, with no parameter.

The addresses come from the portal's own table of them, the formats from the exporter's: what is new is swept, too.
Files are opened, and it is their text that is searched.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import get_resolver
from pypdf import PdfReader

from cases import search
from cases.exports.forms import FORMS
from cases.exports.kinds import KINDS
from cases.models import Case, Shortlist
from tests.builders import (
    attach,
    make_case,
    make_draft,
    make_export,
    make_list,
    make_organisation,
    make_sector,
    make_shortlist,
    make_theme,
    make_user,
)
from tests.exporting import asked_for, write_waiting, written
from tests.test_routes import DESK, PUBLIC, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pdf_libraries"), pytest.mark.any_database]

# Pages may say again what is searched for, which is shorter than what is hidden.
WORD, DRAFT, WITHDRAWN, FOREIGN = "秘而不宣", "2020-0002", "2020-0099", "只给自己看的备注"
SECRETS = (f"{WORD}之", DRAFT, WITHDRAWN, FOREIGN)
# What a file is about, by the route that leads to it.
KIND_OF = {
    "cases/export.<slug:form>": "cases",
    "download/library.<slug:form>": "library",
    r"^cases/(?P<number>\d{4}-\d{4,8})/export\.(?P<form>[-a-z]+)$": "case",
    "compare/export.<slug:form>": "compare",
    "organisations/export.<slug:form>": "organisations",
    "awards/<slug:slug>/export.<slug:form>": "award",
    "shortlist/export.<slug:form>": "shortlist",
    "shortlist/shared/<slug:token>/export.<slug:form>": "shared-shortlist",
    "statistics/export.<slug:form>": "statistics",
}
# Parameters that ask for what is hidden, and one that there is not.
NAMED = f"case={DRAFT}&case={WITHDRAWN}&case=2020-0001&case=2020-0003&sector=hidden&status=draft&table=figures"
ASKING = [
    NAMED,
    f"q={WORD}&table=single-figures",
    "",
    "list=hidden",
    "column=title&column=note",
]


@pytest.fixture
def library() -> dict[str, Any]:
    """Secrets beside public things, tied to them in every way; and what addresses name."""
    body, hidden_body = make_organisation("公开单位"), make_organisation("秘而不宣之单位")
    shown = make_case("公开案例", number="2020-0001", leads=[body])
    make_case("另一公开案例", number="2020-0003", leads=[body])
    fields = {
        "leads": [hidden_body, body],
        "summary": "秘而不宣之摘要",
        "sector": make_sector("医院", "hidden"),
        "themes": [make_theme("主题", "hidden")],
        "part_of": shown,
        "figures": [{"indicator": "秘而不宣之指标", "value": 1, "unit": "个"}],
    }
    draft = make_draft("秘而不宣之草稿", number=DRAFT, **fields)
    withdrawn = make_case("秘而不宣之撤下", number=WITHDRAWN, **fields)
    make_list("公开榜单", slug="shown", cases=[shown, draft, withdrawn]).entries.update(title="公布的名称")
    make_list("秘而不宣之榜单", slug="hidden", cases=[shown], status="draft")
    make_shortlist(shown, draft, withdrawn, share_token="open", notes=[FOREIGN, FOREIGN, FOREIGN])
    foreign = make_shortlist(shown, owner=make_user("owner"), name="秘而不宣之清单", notes=[FOREIGN])
    search.rebuild()  # the index knows the withdrawn case, and must not tell
    withdrawn.withdraw(by=None)
    return {
        "foreign": foreign.pk,
        "shown_body": body.pk,
        "hidden_body": hidden_body.pk,
        "shown_file": attach(shown, "a.pdf", "附件").pk,
        "hidden_file": attach(draft, "b.pdf", "秘而不宣之附件").pk,
        "shown_export": make_export().key,
        "hidden_export": make_export(f"{FOREIGN}".encode(), is_public=False).key,
    }


def addresses(names: dict[str, Any]) -> Iterator[str]:
    """Every address that can be read, of what is shown and of what is hidden, in every format there is of it."""
    for route in routes(get_resolver().url_patterns):
        if route.startswith(DESK) or route not in PUBLIC:
            continue
        for pattern in filter(None, PUBLIC[route]):
            address = pattern.format(**names).partition("?")[0]
            yield address
            if route in KIND_OF:
                for form in KINDS[KIND_OF[route]].forms:
                    yield re.sub(r"\.\w+$", f".{form}", address)


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_in(response: Any) -> str:
    """All that an answer says, headers too: files of the Office formats unpacked, those for paper read."""
    said, kind = content(response), response.get("Content-Type", "")
    if "officedocument" in kind:
        with ZipFile(io.BytesIO(said)) as package:
            text = "\n".join(package.read(name).decode() for name in package.namelist())
        return unescape(re.sub(r"<[^>]*>", "", text) + text)
    if kind == "application/pdf" and not response.streaming:
        reader = PdfReader(io.BytesIO(said))
        pages = re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))
        return f"{pages} {reader.metadata} {[one.title for one in reader.outline if not isinstance(one, list)]}"
    return said.decode().replace("<mark>", "").replace("</mark>", "") + str(response.headers)


def leaks(client: Client, names: dict[str, Any], asking: list[str]) -> list[tuple[str, str]]:
    """Addresses and the secrets that show there; a page may say again what its own address asks for."""
    shown = []
    for address in dict.fromkeys(addresses(names)):
        for query in asking[:2] if address.endswith(".pdf") else asking:  # which takes a hundred times as long
            asked = f"{address}?{query}" if query else address
            response = client.get(asked)
            assert response.status_code in {200, 302, 303, 400, 404}, asked
            text = text_in(response)
            shown += [(asked, secret) for secret in SECRETS if secret in text and secret not in asked]
    return shown


@pytest.mark.long
@pytest.mark.parametrize("reader", ["anonymous", "curator"])
def test_what_is_hidden_is_behind_no_address_in_no_format_with_no_parameter(
    client: Client, library: dict[str, Any], reader: str
) -> None:
    if reader == "curator":
        client.force_login(make_user(group="审核员"))
    client.post("/shortlist/collect/", {"add": "2020-0001"})

    found = leaks(client, library, ASKING)

    previews = (f"/cases/{DRAFT}/?", f"/attachments/{library['hidden_file']}/?")
    if reader == "curator":  # who may look at a draft in its place, and nowhere else
        found = [(asked, secret) for asked, secret in found if not f"{asked}?".startswith(previews)]
    assert found == []


def test_the_sweep_notices_in_every_file_what_is_published(client: Client, library: dict[str, Any]) -> None:
    Case.objects.get(number=DRAFT).publish(by=None)
    Shortlist.objects.filter(share_token="open").update(shares_notes=True)
    client.post("/shortlist/collect/", {"add": DRAFT})
    search.rebuild()

    found = leaks(client, library, ASKING[:3])

    files = {f"{one.partition('?')[0]}" for one in addresses(library) if re.search(r"/(export|library)\.\w+$", one)}
    others = {one for one in files if one.startswith("/cases/2020-0001/") or "/hidden/" in one or "/None/" in one}
    assert len(files - others) > 30
    assert files - others - {asked.partition("?")[0] for asked, _ in found} == set()
    assert {asked.partition("?")[0] for asked, secret in found if secret == FOREIGN} >= {
        f"/shortlist/shared/open/export.{form}" for form in FORMS
    }


def test_a_link_that_is_revoked_is_dead_at_once_in_every_format(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/shortlist/collect/", {"add": make_case().number})
    shortlist = Shortlist.objects.get()
    shortlist.share(with_notes=True)
    reader, link = Client(), shortlist.get_shared_url()
    assert [reader.get(f"{link}export.{name}").status_code for name in FORMS] == [200] * len(FORMS)
    for form in list(FORMS.values()):
        monkeypatch.setitem(FORMS, form.name, replace(form, at_once=0))
    made, waiting = written(reader, f"{link}export.csv"), asked_for(reader, f"{link}export.json")

    client.post(f"/shortlist/{shortlist.pk}/unshare/")

    assert [reader.get(f"{link}export.{name}").status_code for name in FORMS] == [404] * len(FORMS)
    assert [reader.get(f"{link}{rest}").status_code for rest in ("", "?column=note")] == [404, 404]
    assert reader.get(made.get_download_url()).status_code == 410
    assert not made.path.exists()
    write_waiting()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.name) == (waiting.State.FAILED, "")


def test_every_kind_of_file_is_swept() -> None:
    # Those of the desk have their own tests: test_admin_exports.py and test_audit_admin.py.
    assert {*KIND_OF.values(), "desk", "audit"} == set(KINDS)
