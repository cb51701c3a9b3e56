"""Accounts and drafts that nobody wrote, for the pictures: people are called after their role, bodies 示例."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from cases import workflow
from cases.discarding import discard
from cases.duplicates.listing import find_all
from cases.models import (
    Case,
    CaseVersion,
    Citation,
    Credit,
    Figure,
    OpenedCount,
    Organisation,
    Remit,
    SearchCount,
    Sector,
    Source,
    Theme,
)
from cases.roles import ADMINISTRATION, CHECKING, ENTRY, READING
from districts.models import District
from portal.models import Invitation

PLACE, CITY = "440104", "4401"
LIFT = "“一楼一策”加装电梯工作法"
SUMMARY = (
    "示例街道老旧小区加装电梯，各楼意见不一。街道党工委把党员骨干编进楼栋，一栋楼一个方案，"
    "先听低层住户的意见，再议费用分担，两年谈成 46 部，没有一部引起信访。"
)

DAMAGED = "夜間集市一年开市52场,商户138家、党员21名轮流值守，投诉下降37%。成立“党建 共治”联席会，推動创(chuàng)新。"
# As a mirror has it: notes of how a character is read, a lost plus, traditional characters.
ARTICLE = """邻里同心榜揭晓 三个街道做法入选
本地晚報 2026年3月12日
本次共收到超过160件申报，经初审、专家评审，最后选出3件。
中共广州市越秀区示例街道工作委员会
“楼门议事” 老楼道里的新办法
老楼道无人打理，居民多有怨言。
街道党工委創(chuàng)新“党建 楼门”机制，成立楼门议事会36个，覆盖党员超过2.3万名。
两年议成事项214件，满意率98.5%。2025年，该做法入选“全市治理样本”。
中共广州市海珠区样板街道工作委员会
“骑手驿站” 让小哥歇歇脚
外卖骑手吃饭、充电没有去处。
街道建起驿站12处,每月服务骑手近4000人次，推動骑手当上“流动网格员”87名。
中共广州市天河区范例街道工作委员会
“商圈联席会” 把商户请到一张桌上
商户、物业、社区各管一段。
联席会每月8日议事，一年办成实事46件，投诉下降37%。
来源：本地晚报"""


@dataclass
class Made:
    """What the scenes open, by number of the record; the token is of an invitation."""

    cases: dict[str, int]
    body: int
    source: int
    token: str

    def page(self, name: str) -> str:
        return f"/admin/cases/case/{self.cases[name]}/change/"


def make(password: str) -> Made:
    people = {name: account(name, called, role, password) for name, called, role in ACCOUNTS}
    body = Organisation.objects.create(
        name="中共示例街道工作委员会",
        short_name="示例街道党工委",
        kind="working-committee",
        district=place(),
        created_by=people["luru"],
    )
    source = Source.objects.create(
        key="example-2026",
        kind="webpage",
        publisher="示例街道",
        title="示例街道加装电梯经验介绍",
        published="2026-03-12",
        url="https://example.com/dianti",
        created_by=people["luru"],
    )
    cases = drafts(people, body, source)
    search_counts()
    for name in ("guanli", "shenhe", "luru", "yuedu"):
        User.objects.filter(username=name).update(last_login=timezone.now())
    invited = account("guanli2", "管理员乙", ADMINISTRATION, None)
    token = Invitation.objects.invite(invited, by=people["guanli"])[1]
    return Made({name: case.pk for name, case in cases.items()}, body.pk, source.pk, token)


ACCOUNTS = [
    ("guanli", "管理员甲", ADMINISTRATION),
    ("shenhe", "审核员甲", CHECKING),
    ("luru", "录入员甲", ENTRY),
    ("luru2", "录入员乙", ENTRY),
    ("yuedu", "只读甲", READING),
]


def account(name: str, called: str, role: str, password: str | None) -> User:
    user = User.objects.create_user(name, password=password, last_name=called, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    if role != ADMINISTRATION:
        Remit.objects.create(user=user, district=District.objects.get(code=CITY))
    return user


def place() -> District:
    return District.objects.get(code=PLACE)


def drafts(people: dict[str, User], body: Organisation, source: Source) -> dict[str, Case]:
    def draft(title: str, **fields: Any) -> Case:
        return entered(title, people["luru"], body, source, **fields)

    made = {
        "draft": draft("骑手驿站“四个一”服务", summary="示例街道为骑手设驿站，可以歇脚、充电、反映问题。"),
        "returned": draft("楼门议事会", summary="示例街道在楼门口议事，三年议成 214 件。"),
        "lift": draft(LIFT, summary=SUMMARY, approach=APPROACH),
        "waiting": draft("商圈党建联席会", summary="示例街道把商户、物业和社区请到一张桌上。"),
        "scheduled": draft("红色物业示范小区", summary="示例街道选派党员进物业企业。"),
        "published": draft("“民情茶馆”听民声", summary="示例街道每周一次，干部到茶馆听居民说事，全年办结 310 件。"),
        "spare": draft("重复录入的一条"),
        "twin": draft(f"{LIFT}（示例街道）", summary=SUMMARY.replace("两年", "2024、2025 两年"), approach=APPROACH),
        "damaged": draft("夜间集市共治", summary=DAMAGED),
    }
    for position, (year, value) in enumerate([(2024, 18), (2025, 46)]):
        Figure.objects.create(
            case=made["lift"],
            indicator="加装电梯",
            value=value,
            unit="部",
            year=year,
            position=position,
            as_printed=f"{value}部",
        )
    Citation.objects.filter(case=made["draft"]).delete()
    for case in made.values():
        CaseVersion.objects.record(case, by=people["luru"])
    for name in ("returned", "lift", "waiting", "scheduled", "published"):
        move(made[name], "submit", people["luru"])
    move(made["returned"], "send_back", people["shenhe"], reason="请补 2025 年的件数，并注明“214 件”出自哪里。")
    move(made["published"], "publish", people["shenhe"])
    at = (timezone.localtime() + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
    move(made["scheduled"], "schedule", people["shenhe"], at=at)
    discard(made.pop("spare"), by=people["luru"])
    find_all()
    return made


def search_counts() -> None:
    """What readers searched for on the last five days."""
    found = SearchCount.Found
    for words, how, times in (
        ("加装电梯", found.SOME, 31),
        ("第一书记", found.SOME, 22),
        ("红描工程", found.NEAR, 6),
        ("民情直通车", found.NONE, 5),
        ("外卖骑手怎么管", found.NEAR, 9),
    ):
        for back in range(5):
            day = timezone.localdate() - timedelta(days=back)
            SearchCount.objects.create(day=day, words=words, found=how, times=times)
            if how != found.NONE:
                for place in (1, 2, 4):
                    OpenedCount.objects.create(day=day, words=words, place=place, times=max(1, times // place // 3))


def entered(title: str, by: User, body: Organisation, source: Source, **fields: Any) -> Case:
    sector = Sector.objects.get(name="城市社区")
    case = Case.objects.create(
        title=title, kind="innovation", year=2026, district=place(), sector=sector, created_by=by, **fields
    )
    case.themes.set(Theme.objects.order_by("pk")[:2])
    Credit.objects.create(case=case, organisation=body, role=Credit.Role.LEAD)
    Citation.objects.create(case=case, source=source)
    return case


def move(case: Case, name: str, by: User, **given: Any) -> None:
    """Make a move as the admin does; permissions are read anew, as the roles were just given."""
    workflow.make(Case.objects.get(pk=case.pk), name, by=User.objects.get(pk=by.pk), **given)


APPROACH = (
    "街道党工委把 23 名党员骨干编进楼栋，一栋楼建一个小组。\n\n"
    "- 先听低层：低层住户的意见单独听、当面记，方案改到他们点头为止。\n"
    "- 再议费用：按楼层分担，分担表贴在楼门口，谁都能看。\n"
    "- 后议维护：加装以前就定下由谁管、钱从哪里来。"
)
