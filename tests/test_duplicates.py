"""What probably is there twice: names of bodies, likeness of cases, the list of pairs, and what a curator is told."""

from __future__ import annotations

import pytest

from cases.duplicates.names import canonical, same

pytestmark = [pytest.mark.django_db]

ONE_BODY = [
    {"中共广州市白云区委组织部", "中国共产党广州市白云区委员会组织部", "廣州市白雲區委組織部", "白云区委组织部"},
    {"中共广州市白云区委员会", "中共白云区委", "白云区委", "白云区党委", "广州市白云区委员会"},
    {"中共广州市越秀区人民街道工作委员会", "人民街道党工委", "人民街党工委", "越秀区人民街道党工委"},
    {"人民街道办事处", "人民街办事处", "人民街道办", "广州市越秀区人民街道办事处"},
    {"中共广州市直属机关工作委员会", "广州市直机关工委", "广州市直属机关党工委"},
    {"中共广州市民政局党组", "广州市民政局党组"},
    {"中共某某集团有限公司委员会", "某某集团有限责任公司党委", "某某集团公司党委"},
    {"中共海珠区两新组织工作委员会", "海珠区新经济组织和新社会组织党工委", "海珠区“两新”组织党工委"},
    {"江南新村社区党总支部", "江南新村社区党总支", "中共江南新村社区总支部委员会"},
    {"花都区新华镇人民政府", "新华镇政府"},
    {"白云区委老干部局"},
    {"贵阳市白云区委组织部"},
    {"中共广州市民政局机关委员会", "广州市民政局机关党委"},
    {"广州市民政局"},
    {"广州市住房和城乡建设委员会"},
    {"中共广州市住房和城乡建设委员会"},
    {"白云街道党工委"},
    {"北京路步行街党委", "中共北京路步行街委员会"},
]
# The one spelling that two places share: only the district tells whose it is.
TWO_PLACES = {"白云区委组织部", "贵阳市白云区委组织部"}


@pytest.mark.any_database
def test_names_of_one_body_are_one_and_of_two_are_two() -> None:
    written = [(number, name) for number, names in enumerate(ONE_BODY) for name in sorted(names)]
    wrong = [
        (one, other)
        for first, one in written
        for second, other in written
        if same(one, other) != (first == second) and {one, other} != TWO_PLACES
    ]
    # Two full names that both begin with their own places are compared through the shorter one in between.
    assert [(one, other) for one, other in wrong if canonical(one) == canonical(other)] == []
    assert wrong == []
