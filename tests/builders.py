"""Builders of records without surprises: each makes what it is asked for and the least that this needs."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.utils import timezone

from cases.models import (
    Attachment,
    AwardEntry,
    AwardList,
    Case,
    Citation,
    Credit,
    ExportFile,
    Figure,
    Organisation,
    Remit,
    Sector,
    Shortlist,
    ShortlistItem,
    Source,
    Term,
    Theme,
)
from districts.models import District

_serial = count(1)

DISTRICTS = {
    "44": "广东省",
    "4401": "广州市",
    "440104": "越秀区",
    "440104002": "人民街道",
    "440105": "海珠区",
    "440111": "白云区",
    "4403": "深圳市",
    "4403F01": "大鹏新区",
    "22": "吉林省",
    "2207": "松原市",
}
LEVELS = {2: District.Level.PROVINCE, 4: District.Level.CITY, 6: District.Level.COUNTY, 9: District.Level.TOWN}


def make_district(code: str = "440104", name: str = "") -> District:
    """Return the district of this compact code, making it and what is above it if need be."""
    found = District.objects.filter(code=code).first()
    if found:
        return found
    if "F" in code:
        level, above = District.Level.ZONE, code.split("F")[0]
    else:
        level, above = LEVELS[len(code)], {2: "", 4: code[:2], 6: code[:4], 9: code[:6]}[len(code)]
    parent = make_district(above) if above else None
    return District.objects.create(
        code=code, name=name or DISTRICTS.get(code, f"区划{code}"), level=level, parent=parent
    )


def make_sector(name: str = "城市社区", slug: str = "") -> Sector:
    found = Sector.objects.filter(name=name).first()
    return found or Sector.objects.create(name=name, slug=slug or f"sector-{next(_serial)}")


def make_theme(name: str = "党群服务", slug: str = "") -> Theme:
    found = Theme.objects.filter(name=name).first()
    return found or Theme.objects.create(name=name, slug=slug or f"theme-{next(_serial)}")


def make_term(word: str = "两新组织", *synonyms: str, **fields: Any) -> Term:
    return Term.objects.create(word=word, synonyms_text="\n".join(synonyms), **fields)


def make_organisation(name: str = "中共广州市越秀区委组织部", **fields: Any) -> Organisation:
    found = Organisation.objects.filter(name=name).first()
    return found or Organisation.objects.create(**({"name": name, "kind": "department"} | fields))


def make_source(key: str = "nandu-2020", **fields: Any) -> Source:
    defaults = {"kind": "newspaper", "publisher": "南方都市报", "title": "党建创新十大案例", "published": "2020-11"}
    return Source.objects.get_or_create(key=key, defaults=defaults | fields)[0]


def make_draft(title: str = "党群服务新模式", **fields: Any) -> Case:
    """Return a draft that lacks nothing for publication; takes `themes`, `leads` and `figures` as lists."""
    themes = fields.pop("themes", [])
    leads = fields.pop("leads", None) or [make_organisation()]
    figures = fields.pop("figures", [])
    fields = {
        "year": 2020,
        "district": make_district(),
        "sector": make_sector(),
        "summary": "整合服务资源，方便党员群众。",
    } | fields
    case = Case.objects.create(title=title, **fields)
    case.themes.set(themes)
    for position, organisation in enumerate(leads):
        Credit.objects.create(case=case, organisation=organisation, role=Credit.Role.LEAD, position=position)
    for figure in figures:
        Figure.objects.create(case=case, **figure)
    Citation.objects.create(case=case, source=make_source())
    return case


def make_case(title: str = "党群服务新模式", **fields: Any) -> Case:
    """Return a published case."""
    case = make_draft(title, **fields)
    case.publish(by=None)
    return case


def make_list(title: str = "2020年十大创新案例", *, slug: str = "", cases: Any = (), **fields: Any) -> AwardList:
    """Return a published list with one entry for each case, in this order."""
    fields = {"year": 2020, "level": "city", "status": AwardList.Status.PUBLISHED} | fields
    award_list = AwardList.objects.create(title=title, slug=slug or f"list-{next(_serial)}", **fields)
    for position, case in enumerate(cases):
        AwardEntry.objects.create(award_list=award_list, case=case, title=case.title, position=position)
    return award_list


def make_shortlist(*cases: Case, owner: Any = None, notes: Any = (), **fields: Any) -> Shortlist:
    """Return a list of these cases with these notes, of a user or, with none, of a session with a key of its own."""
    fields = {"owner": owner} | ({} if owner else {"key": f"key-{next(_serial)}"}) | fields
    if token := fields.get("share_token"):
        fields |= {"share_token": token, "shared_at": timezone.now()}
    shortlist = Shortlist.objects.create(**fields)
    for position, case in enumerate(cases, start=1):
        note = notes[position - 1] if position <= len(notes) else ""
        ShortlistItem.objects.create(shortlist=shortlist, case=case, position=position, note=note)
    return shortlist


def attach(case: Case, name: str, title: str) -> Attachment:
    """Return a file of a case under the name that it came with; what it holds is not looked at."""
    file = Attachment(case=case, title=title)
    file.file.save(name, ContentFile(b"%PDF-1.7 content"))
    return file


def make_export(content: bytes = b"content", **fields: Any) -> ExportFile:
    """Return a finished file of no case."""
    now = timezone.now()
    default: dict[str, Any] = {
        "what": "cases",
        "form": "json",
        "base": "http://testserver",
        "address": "/cases/export.json",
        "title": "基层党建创新案例",
        "is_public": True,
        "cases": [],
        "name": f"{next(_serial)}.json",
        "stem": "cases",
        "size": len(content),
        "begun_at": now,
        "done_at": now,
        "expires_at": now + timedelta(hours=1),
    }
    file = ExportFile.objects.create(**default | fields)
    if file.name:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_bytes(content)
    return file


def make_user(username: str = "", *, group: str = "", districts: Any = ("44",), **fields: Any) -> User:
    """Return a user; with `group` (录入员, 审核员, 管理员, 只读) a curator of these districts, who enters the admin."""
    user = User.objects.create_user(
        username or f"user{next(_serial)}", password="correct-horse-battery", is_staff=bool(group), **fields
    )
    if group:
        user.groups.add(Group.objects.get(name=group))
        for code in districts if group != "管理员" else ():
            Remit.objects.create(user=user, district=make_district(code))
    return user


def figure(value: Any, indicator: str = "建立党支部", unit: str = "个", **fields: Any) -> dict[str, Any]:
    """One of the `figures` that make_case() takes."""
    return {"indicator": indicator, "value": value, "unit": unit} | fields
