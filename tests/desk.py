"""How a curator works the admin: signs in, opens forms, fills them in, reads what they say."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case
from tests.builders import (
    make_district,
    make_organisation,
    make_sector,
    make_source,
    make_theme,
    make_user,
)

CASES = "/admin/cases/case/"
ADD = f"{CASES}add/"
READERS, EVERYBODY = ("录入员", "审核员", "管理员", "只读"), ("录入员", "审核员", "管理员")
CHECKERS, ADMINISTRATORS = ("审核员", "管理员"), ("管理员",)
# Who opens the list of each model, and who may add one.
MODELS = {
    "cases/case": (READERS, EVERYBODY),
    "cases/organisation": (READERS, EVERYBODY),
    "cases/awardlist": (READERS, EVERYBODY),
    "cases/source": (READERS, EVERYBODY),
    "cases/sector": (READERS, ADMINISTRATORS),
    "cases/theme": (READERS, ADMINISTRATORS),
    "cases/term": (READERS, CHECKERS),
    "districts/district": (READERS, ADMINISTRATORS),
    "auth/user": (ADMINISTRATORS, ADMINISTRATORS),
    "auth/group": (ADMINISTRATORS, ADMINISTRATORS),
}


def signed_in(group: str, username: str = "", **fields: Any) -> Client:
    client = Client()
    client.force_login(make_user(username, group=group, **fields))
    return client


def colleague() -> User:
    """A curator of the same district, who entered what others may use."""
    return User.objects.filter(username="tongshi").first() or make_user("tongshi", group="录入员")


def page_of(case: Case) -> str:
    return f"{CASES}{case.pk}/change/"


def plain(value: Any) -> Any:
    """A form's value as a browser would send it."""
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is True:
        return "on"
    return getattr(value, "pk", value)


def filled(response: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send back for a form as it was shown, with some fields typed over."""
    admin_form = response.context["adminform"].form
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    forms = [admin_form, *(formset.management_form for formset in formsets)]
    forms += [form for formset in formsets for form in formset.forms]
    data = {
        bound.html_name: plain(bound.value())
        for form in forms
        for bound in form
        if bound.value() is not None and bound.value() is not False and bound.name != "file"
    }
    data |= {
        bound.html_initial_name: bound.value() for form in forms for bound in form if bound.field.show_hidden_initial
    }
    if "nature" in admin_form.fields:  # asked of whoever saves a published case
        data["nature"] = "polish"
    if match := re.search(r'name="version" value="(\d+)"', response.content.decode()):
        data["version"] = match[1]
    return data | changes


def management_of(response: Any) -> dict[str, Any]:
    forms = [inline.formset.management_form for inline in response.context["inline_admin_formsets"]]
    return {bound.html_name: bound.value() for form in forms for bound in form}


def opened(client: Client, case: Case, **changes: Any) -> dict[str, Any]:
    return filled(client.get(page_of(case)), **changes)


def entered(**changes: Any) -> dict[str, Any]:
    """What is sent for a new case that lacks nothing, with every inline."""
    make_theme("智慧党建")
    data = {
        "title": "红苗工程",
        "kind": "brand",
        "year": "2020",
        "district": make_district().pk,
        "sector": make_sector().pk,
        "themes": [make_theme().pk],
        "summary": "越秀区培育青年党员。",
        "approach": "第一段。\r\n\r\n第二段。",
        "credits-0-organisation": make_organisation(district=make_district()).pk,
        "credits-0-role": "lead",
        "credits-0-position": "0",
        "figures-0-indicator": "培育青年骨干",
        "figures-0-qualifier": "over",
        "figures-0-value": "23,554.5",
        "figures-0-unit": "人",
        "figures-0-year": "2020",
        "figures-0-position": "0",
        "citations-0-source": make_source(created_by=colleague()).pk,
        "citations-0-position": "0",
        "attachments-0-file": SimpleUploadedFile("方案.pdf", b"%PDF-1.7 plan"),
        "attachments-0-title": "实施方案",
        "attachments-0-position": "0",
    }
    for prefix in ("credits", "figures", "citations", "attachments"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changes


def told(response: Any) -> str:
    """All messages after a redirect."""
    return " ".join(str(message) for message in response.context["messages"])


def errors(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(str(error) for error in response.context["errors"])
