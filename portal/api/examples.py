"""Answers as they look, for the description: shortened, made of one case of the shipped library."""

from __future__ import annotations

from typing import Any

SITE = "https://cases.example.gov.cn"

CASE: dict[str, Any] = {
    "number": "2020-0007",
    "title": "党建+河长制 治水显成效",
    "url": f"{SITE}/cases/2020-0007/",
    "kind": "创新案例",
    "brand_name": "党建+河长制",
    "district": {"code": "440100", "name": "广州市"},
    "sector": "机关",
    "themes": ["党建引领基层治理", "生态环境"],
    "start_year": 2019,
    "organisations": [
        {"name": "中共广州市水务局党组", "role": "主办"},
        {"name": "广州市水务局", "role": "协办"},
    ],
    "summary": "把党支部建在河涌治理一线。",
    "background": "……",
    "approach": "……",
    "results": "……",
    "lessons": "",
    "figures": [{"indicator": "网格员", "value": 18416, "qualifier": "", "unit": "名", "year": 2019}],
    "sources": [
        {
            "publisher": "南方都市报",
            "title": "党建创新十大案例",
            "authors": "",
            "published": "2020-11",
            "page": "",
            "url": "",
        }
    ],
    "awards": [{"list": "2020广州城市治理榜", "year": 2020, "rank": None, "tier": None}],
    "corrections": [],
}


def _page(row: dict[str, Any], address: str, **more: Any) -> dict[str, Any]:
    following = f"{SITE}/api/{address}/?page=2"
    return {"count": 92, "page": 1, "pages": 5, "next": following, "previous": None, **more, "results": [row]}


CASES = _page(CASE, "cases", certain=92)
ORGANISATION = {
    "id": 12,
    "name": "中共广州市越秀区委组织部",
    "short_name": "越秀区委组织部",
    "kind": "组织部",
    "district": {"code": "440104", "name": "越秀区"},
    "former_names": [],
    "superior": "中共广州市越秀区委",
    "case_count": 3,
    "url": f"{SITE}/organisations/12/",
}
ORGANISATIONS = _page(ORGANISATION, "organisations")
DISTRICT = {
    "code": "440104",
    "name": "越秀区",
    "full_name": "广东省广州市越秀区",
    "level": "县级",
    "is_former": False,
    "case_count": 9,
    "url": f"{SITE}/districts/440104/",
}
DISTRICTS = _page(DISTRICT, "districts")
AWARD_BRIEF = {
    "slug": "guangzhou-2020-top10",
    "title": "2020广州城市治理榜",
    "year": 2020,
    "level": "市级",
    "organiser": "南都大数据研究院广州城市治理榜课题组",
    "order": "不分先后",
    "series": None,
    "entry_count": 10,
    "url": f"{SITE}/awards/guangzhou-2020-top10/",
}
AWARDS = _page(AWARD_BRIEF, "awards")
AWARD = {
    "title": "2020广州城市治理榜",
    "url": f"{SITE}/awards/guangzhou-2020-top10/",
    "year": 2020,
    "level": "市级",
    "organiser": "南都大数据研究院广州城市治理榜课题组",
    "order": "不分先后",
    "series": None,
    "description": "……",
    "how_made": "……",
    "funnel": [{"stage": "征集", "qualifier": "超过", "count": 160}],
    "sources": CASE["sources"],
    "count": 1,
    "entries": [
        {
            "place": 1,
            "rank": None,
            "tier": None,
            "title": "党建+河长制 治水显成效",
            "organisations_as_announced": "广州市水务局",
            "organisations": ["广州市水务局"],
            "district": {"code": "440100", "name": "广州市"},
            "case": {"number": "2020-0007", "url": f"{SITE}/cases/2020-0007/"},
            "note": "",
        }
    ],
}
SECTORS = _page({"slug": "urban-community", "name": "城市社区", "note": "", "case_count": 40}, "sectors")
THEMES = _page({"slug": "grassroots-governance", "name": "党建引领基层治理", "note": "", "case_count": 30}, "themes")
WORD = {"value": "innovation", "label": "创新案例"}
VOCABULARY = {
    "kinds": [WORD],
    "levels": [{"value": "city", "label": "市级"}],
    "orders": [{"value": "newest", "label": "最新在前"}],
    "organisation_kinds": [{"value": "department", "label": "组织部"}],
    "roles": [{"value": "lead", "label": "主办"}],
    "district_levels": [{"value": "county", "label": "县级"}],
}
COUNTS = {
    "count": 92,
    "districts": [{"value": "440000", "label": "广东省", "count": 92}],
    "years": [{"value": "2020", "label": "2020年", "count": 40}],
    "sectors": [{"value": "urban-community", "label": "城市社区", "count": 40}],
    "kinds": [{"value": "innovation", "label": "创新案例", "count": 60}],
    "levels": [{"value": "city", "label": "市级", "count": 30}],
    "themes": [{"value": "grassroots-governance", "label": "党建引领基层治理", "count": 30}],
}
INDEX = {
    "title": "基层党建创新案例库",
    "licence": "内容依公开来源整理，可免费查阅、下载和引用。",
    "cases": 92,
    "addresses": {"cases": f"{SITE}/api/cases/", "schema": f"{SITE}/api/schema/"},
}
