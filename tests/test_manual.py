"""The curators' manual tells what is so, and shows what there is; no document points to nothing."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings

from cases.roles import ADMINISTRATION, CHECKING, ENTRY, READING, ROLES
from cases.workflow import EDIT, MOVES, Status
from docs.manual_pictures.__main__ import MOST_BYTES, PICTURES

pytestmark = pytest.mark.any_database

MANUAL = Path(settings.BASE_DIR) / "docs/manual"
DOCUMENTS = list(Path(settings.BASE_DIR).glob("*.md")) + sorted(MANUAL.parent.rglob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
COLUMNS = [ENTRY, CHECKING, ADMINISTRATION, READING]
YES, NO = "✓", "—"
KINDS = ("organisation", "source", "awardlist")
# What each row of the first table stands on.
RIGHTS = {
    "查看未公开的案例": {"cases.view_case"},
    "新建案例，修改草稿": {"cases.add_case", "cases.change_case"},
    "修改待审、已发布、已撤下的案例": {"cases.change_case", "cases.publish_case"},
    "把案例移到回收站": {"cases.delete_case"},
    "增加和修改组织、来源、榜单": {f"cases.{verb}_{kind}" for verb in ("add", "change") for kind in KINDS},
    "发布榜单": {"cases.publish_awardlist"},
    "处理疑似重复，合并案例和组织，撤销合并": {"cases.change_case", "cases.publish_case"},
    "增加和修改词条": {"cases.add_term", "cases.change_term"},
    "试词条": {"cases.view_term"},
    "挑选新词，看检索统计": {"cases.change_proposedword", "cases.view_searchcount"},
    "增加和修改领域、主题、区划": {"cases.change_sector", "cases.change_theme", "districts.change_district"},
    "删除组织、来源、榜单、领域、主题、词条、区划": {
        *(f"cases.delete_{kind}" for kind in (*KINDS, "sector", "theme", "term")),
        "districts.delete_district",
    },
    "批量导入、批量修改、查找替换": {"cases.add_case", "cases.change_case"},
    "导出未公开的材料": {"cases.export_unpublished"},
    "彻底删除回收站里的记录": {"cases.delete_discarded"},
    "管理账号，解除登录锁定": {"auth.add_user", "auth.change_user", "portal.view_signinlock"},
    "查看审计日志和导出记录": {"cases.view_auditentry", "cases.view_exportrecord"},
    "不受管辖区划限制": {"cases.everywhere"},
}


def table(first: str) -> list[list[str]]:
    """The rows of the table in the contents whose first heading is this, without its headings."""
    lines = (MANUAL / "README.md").read_text().split(f"| {first} |")[1].splitlines()[2:]
    rows = lines[: lines.index("")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def marks(needed: set[str]) -> list[str]:
    return [YES if needed <= ROLES[role] else NO for role in COLUMNS]


def test_the_manual_says_of_each_role_what_its_rights_are() -> None:
    assert table("事情") == [[told, *marks(needed)] for told, needed in RIGHTS.items()]


def test_the_manual_says_who_makes_which_move() -> None:
    assert table("动作") == [
        [
            move.label,
            "、".join(status.label for status in Status if status in move.before),
            move.after.label,
            *marks({move.right, EDIT}),
        ]
        for move in MOVES.values()
    ]


def test_every_picture_is_shown_and_every_picture_shown_is_there() -> None:
    told = "\n".join(path.read_text() for path in MANUAL.glob("*.md"))
    shown = sorted(re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", told))

    assert shown == sorted(path.name for path in PICTURES.iterdir())
    assert told.count("](pictures/") == len(shown)  # each with words for those who do not see it
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < MOST_BYTES


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_every_link_leads_somewhere(document: Path) -> None:
    targets = [link for link in LINK.findall(document.read_text()) if not re.match(r"[a-z]+:", link)]
    assert [link for link in targets if not leads(document, unquote(link))] == []


def leads(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = document.parent / path if path else document
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"(?m)^#+ (.+)$", document.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_chapter_is_in_the_contents() -> None:
    contents = (MANUAL / "README.md").read_text()
    chapters = sorted(path.name for path in MANUAL.glob("*.md") if path.name != "README.md")
    assert [name for name in chapters if f"]({name})" not in contents] == []
