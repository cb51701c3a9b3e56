"""One form for the many in which the name of a body is written; pure, knows no database.

中共广州市白云区委员会组织部, 中国共产党广州市白云区委组织部 and 广州市白云区委组织部 are 广州市白云区委组织部;
白云区委组织部 differs from it only by the place above. 白云区委 is another body, and so is a 民政局 beside its 党组.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cases.search import fold

PLACES = "省市区县州盟旗镇乡"
# What a Party body calls itself at the beginning, perhaps after the place.
PARTY = re.compile("中国共产党|^中共|(?<=[省市区县州盟旗镇乡道])中共")
# Longest first: what follows is part of what stands before.
PARTS = [
    ("新经济组织和新社会组织", "两新组织"),
    ("新经济组织与新社会组织", "两新组织"),
    ("直属机关委员会", "直机关委"),
    ("直属机关", "直机关"),
    ("工作委员会", "工委"),
    ("党工委", "工委"),
    ("总支部委员会", "总支"),
    ("党总支部", "总支"),
    ("党总支", "总支"),
    ("支部委员会", "支部"),
    ("党支部", "支部"),
    ("居民委员会", "居委会"),
    ("村民委员会", "村委会"),
    ("管理委员会", "管委会"),
    ("党委会", "委"),
    ("党委", "委"),
    ("人民政府", "政府"),
    ("股份有限公司", "公司"),
    ("有限责任公司", "公司"),
    ("有限公司", "公司"),
    ("街道办事处", "街道"),
    ("市场监督管理局", "市场监管局"),
    ("卫生健康委员会", "卫健委"),
    ("卫生健康局", "卫健局"),
]
# 人民街党工委 and 人民街办 are of 人民街道; 步行街 and 街区 are something else.
STREET = re.compile("(?<!步行)(?<!商业)街(?:道)?(?:办事处|办)?(?=工委|委|纪|$|社区|政府|人大)")
# A committee of a place is its Party's, whether or not it says so; that of an office only where the Party is named.
OF_PLACE = re.compile(f"(?<=[{PLACES}道])委员会")
# Places above, as a full name begins with them: 广东省广州市, 广州市越秀区人民街道.
ABOVE = re.compile(r"(?:\w{1,8}?[省市区县州盟旗])+(?:\w{1,8}(?:街道|镇|乡))?|\w{1,8}(?:街道|镇|乡)")
# A name shorter than this says nothing by itself: 区委, 组织部.
LEAST = 4


@lru_cache(maxsize=50_000)
def canonical(name: str) -> str:
    """Return a name without what is written or left out at will, script and punctuation included.

    Places that stand before are kept: two names are one body's if `same` says so.
    """
    folded = fold(name)
    told = PARTY.sub("", folded)
    is_party = told != folded
    for written, short in PARTS:
        told = told.replace(written, short)
    told = OF_PLACE.sub("委", told)
    if is_party:
        told = told.replace("委员会", "委")
    return STREET.sub("街道", told)


def same(one: str, other: str) -> bool:
    """Whether two names are one, or differ only by the places above that one of them begins with."""
    return bool(why_same(one, other))


def why_same(one: str, other: str) -> str:
    """Say in Chinese why two names are one body's; nothing where they are not."""
    first, second = canonical(one), canonical(other)
    if not first or not second:
        return ""
    if first == second:
        return "名称相同" if fold(one) == fold(other) else "名称只是写法不同"
    short, long = sorted((first, second), key=len)
    if len(short) < LEAST or not long.endswith(short):
        return ""
    above = long.removesuffix(short)
    # 白云区委 inside 广州市白云区委: what is left has to be whole places, and what follows has to begin anew.
    return f"名称只差上级地名“{above}”" if ABOVE.fullmatch(above) else ""


def is_one_place(one: str, other: str) -> bool:
    """Whether the codes of two districts may be one body's: one is the other, or above it, or unknown."""
    return not one or not other or one.startswith(other) or other.startswith(one)
