"""The pages of the contract that a browser and the checkers go through: with the shipped library, and empty."""

# Each page as it mostly is, and with an error, nothing found, or more than fits.
FULL = [
    "/",
    "/?city=440300",
    "/?city=999999",
    "/cases/",
    "/cases/?page=2",
    "/cases/?q=网格&district=440000&sector=urban-community&year=2023",
    "/cases/?q=没有这样的词语呀",
    "/cases/?q=红描工程",
    "/cases/?district=999999",
    "/cases/2020-0001/",
    "/cases/2020-0011/",
    "/districts/",
    "/districts/440100/",
    "/districts/440104/",
    "/organisations/",
    "/organisations/?q=没有这样的组织",
    "/awards/",
    "/awards/guangzhou-2020-top10/",
    "/nope/",
]
# What a portal shows on its first day.
EMPTY = ["/", "/cases/", "/cases/?q=网格", "/districts/", "/organisations/", "/awards/"]
