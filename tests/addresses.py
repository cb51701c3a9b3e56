"""The pages of the contract that a browser and the checkers go through: with the shipped library, and empty."""

from cases.models import Organisation
from tests.builders import make_export

# Each page as it mostly is, and with an error, nothing found, or more than fits.
FULL = [
    "/",
    "/?city=440300",
    "/?city=999999",
    "/cases/",
    "/cases/?page=2",
    "/cases/?more=theme",
    "/cases/?q=网格&district=440000&sector=urban-community&year=2023",
    "/cases/?q=没有这样的词语呀",
    "/cases/?q=红描工程&sector=rural",
    "/cases/?district=999999",
    "/cases/export/?q=网格&column=title&column=summary",
    "/exports/{waiting}/",
    "/exports/{done}/",
    "/cases/2020-0001/",
    "/cases/2020-0011/",
    "/compare/",
    "/compare/?case=2020-0007",
    "/compare/?case=2020-0007&case=2020-0011&case=2020-0032&case=2022-0002",
    "/compare/?case=x&case=2020-9999&q=网格",
    "/districts/",
    "/districts/?place=yx",
    "/districts/?choose=1&sector=rural",
    "/districts/?sector=nope",
    "/districts/440100/",
    "/districts/440113/",
    "/districts/4403F01/",
    "/organisations/",
    "/organisations/?q=没有这样的组织",
    "/organisations/?kind=committee&district=440100",
    "/organisations/{organisation}/",
    "/awards/",
    "/awards/?year=1999",
    "/awards/?level=nope",
    "/awards/guangzhou-2020-top10/",
    "/awards/guangzhou-2020-top10/?district=440104",
    "/awards/guangzhou-jinsui-2023/",
    "/awards/national-rural-governance-villages-2019/",
    "/shortlist/",
    "/accounts/login/",
    "/statistics/",
    "/statistics/?district=440100&year=2020",
    "/statistics/?year=1999",
    "/statistics/?district=999999",
    "/download/",
    "/api/",
]
REFUSED = ["/nope/", "/cases/2020-9999/", "/feed.xml?district=999999"]
# What a portal shows on its first day.
EMPTY = [
    "/",
    "/cases/",
    "/cases/?q=网格",
    "/compare/",
    "/districts/",
    "/organisations/",
    "/awards/",
    "/shortlist/",
    "/statistics/",
    "/download/",
    "/api/",
]


def full() -> list[str]:
    """The addresses of FULL as they are in this database, where the shipped library must be."""
    organisation = Organisation.objects.get(name="中共广州市白云区委组织部").pk
    done, waiting = make_export(), make_export(name="", begun_at=None, done_at=None)
    return [address.format(organisation=organisation, done=done.key, waiting=waiting.key) for address in FULL]
