"""The level of an honour, from its name and who gave it."""

from __future__ import annotations

import re

from cases.models.award import AwardList

PROVINCES = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏"
    "|宁夏|新疆|北京|天津|上海|重庆"
)
MINISTRIES = (
    "中组部|中宣部|中央组织部|司法部|财政部|教育部|民政部|住建部|住房和?城乡建设部|商务部|科技部|科学技术部|公安部|人社部|人力资源和?社会保障部"
    "|农业农村部|文化和旅游部|文旅部|交通运输部|生态环境部|应急管理部|工信部|工业和信息化部|水利部|自然资源部|国家发展?改革?委|中华全国|团中央"
)
NATIONAL = re.compile(f"全国|国家|中央|国务院|中华|中国(?![（(]|共产党)|全球|世界|{MINISTRIES}")
# 中国（上海） is of 上海, and 上海市 a province by its rank.
PROVINCE = re.compile(
    rf"全省|省级|省委|省政府|省[直纪总党“]|^省|[（(](?:{PROVINCES})[)）]|(?:{PROVINCES})(?!市?[\u4e00-\u9fff]{{1,3}}区)|自治区级"
)
WITHIN_CITY = re.compile(r"市[\u4e00-\u9fff]{1,4}[区县](?!域)")
CITIES = (
    "广州|深圳|南京|杭州|成都|武汉|西安|沈阳|济南|长春|哈尔滨|大连|青岛|宁波|厦门|苏州|长沙|郑州|合肥|南昌|福州|昆明|贵阳|南宁|海口|兰州|西宁"
    "|银川|太原|石家庄|呼和浩特|乌鲁木齐|拉萨"
)
CITY = re.compile(
    rf"全市|市级|市委|市政府|市[直纪总党五“]|^市|[\u4e00-\u9fff]{{2,4}}市|[\u4e00-\u9fff]{{2,5}}(?:自治州|盟)(?!军)|州级|{CITIES}"
)
# 社区 and 园区 are no districts, and 红旗 is no banner.
COUNTY = re.compile(
    r"全区|全县|区级|县级|区委|县委|旗委|(?<![社园小校街])[区县旗](?:直|委|纪|政府)|^[区县旗]"
    r"|[\u4e00-\u9fff]{1,4}(?:(?<![社园景小校街地专特林牧边厂库范验商片城矿住])区|县|(?<![红国党军])旗)(?!域)"
)
LEVELS = ((NATIONAL, "NATIONAL"), (PROVINCE, "PROVINCE"), (WITHIN_CITY, "COUNTY"), (CITY, "CITY"), (COUNTY, "COUNTY"))


def level_of(name: str, granter: str) -> str:
    """A value of `AwardList.Level` that the name tells, else who gave it; empty where neither does."""
    for words in (name, granter):
        for pattern, level in LEVELS:
            if words and pattern.search(words):
                return str(AwardList.Level[level])
    return ""
