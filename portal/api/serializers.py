"""The shapes of what the API answers, each field explained in Chinese: what the description and its page are made from.

The data themselves are made by the exporter (`cases.exports`) and by `portal.api.data`, so that a case has one shape in
every file and every answer.
"""

# mypy: disable-error-code="assignment"
from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s


@extend_schema_field({"type": "number"})
class Number(s.Field[Any, Any, Any, Any]):
    """Whole or not, as the source has it."""


class Place(s.Serializer[Any]):
    code = s.CharField(help_text="区划代码（GB/T 2260）；功能区为上级代码加 F 和两位数字")
    name = s.CharField(help_text="名称")


class Credit(s.Serializer[Any]):
    name = s.CharField(help_text="组织名称")
    role = s.CharField(help_text="角色：主办、协办、报送、推荐")


class Figure(s.Serializer[Any]):
    indicator = s.CharField(help_text="指标")
    value = Number(help_text="数值，以个为基本单位：2.3 万为 23000")
    qualifier = s.CharField(help_text="限定词：超过、近、约等，没有为空")
    unit = s.CharField(help_text="单位")
    year = s.IntegerField(allow_null=True, help_text="数据所属年份")


class Source(s.Serializer[Any]):
    publisher = s.CharField(help_text="发布者")
    title = s.CharField(help_text="标题")
    authors = s.CharField(help_text="作者")
    published = s.CharField(help_text="发布日期，写到已知的为止：2020-11-16、2020-11 或 2020")
    page = s.CharField(help_text="版次或页码")
    url = s.CharField(help_text="网址")


class Award(s.Serializer[Any]):
    list = s.CharField(help_text="榜单名称")
    year = s.IntegerField(help_text="榜单年份")
    rank = s.IntegerField(allow_null=True, help_text="名次，不排名的为 null")
    tier = s.CharField(allow_null=True, help_text="等次，不分等次的为 null")


class Correction(s.Serializer[Any]):
    date = s.DateField(help_text="更正日期")
    text = s.CharField(help_text="更正内容")
    reason = s.CharField(help_text="原因")


class Case(s.Serializer[Any]):
    number = s.CharField(help_text="编号，如 2020-0007，永不重复使用")
    title = s.CharField(help_text="标题")
    url = s.URLField(help_text="案例页的网址")
    kind = s.CharField(help_text="类型：创新案例、党建品牌、工作法、书记项目、示范点")
    brand_name = s.CharField(help_text="品牌名称，没有为空")
    district = Place(allow_null=True, help_text="区划的代码和名称")
    sector = s.CharField(allow_null=True, help_text="领域")
    themes = s.ListField(child=s.CharField(), help_text="主题，可以有几个")
    start_year = s.IntegerField(allow_null=True, help_text="开始年份，来源未载明为 null")
    organisations = Credit(many=True, help_text="署名的组织及其角色")
    summary = s.CharField(help_text="摘要")
    background = s.CharField(help_text="背景与起因，段落之间空一行")
    approach = s.CharField(help_text="主要做法")
    results = s.CharField(help_text="工作成效")
    lessons = s.CharField(help_text="经验启示")
    figures = Figure(many=True, help_text="成效数据，一项一条")
    sources = Source(many=True, help_text="来源，至少一项")
    awards = Award(many=True, help_text="入选的榜单，年份新的在前")
    corrections = Correction(many=True, help_text="勘误，最近的在前")


class OrganisationRow(s.Serializer[Any]):
    id = s.IntegerField(help_text="编号")
    name = s.CharField(help_text="规范全称")
    short_name = s.CharField(help_text="简称，没有为空")
    kind = s.CharField(help_text="类别：党委、组织部、机关、企业等")
    district = Place(allow_null=True, help_text="所在区划")
    former_names = s.ListField(child=s.CharField(), help_text="曾用名")
    superior = s.CharField(allow_null=True, help_text="直接上级的名称，没有或未公开为 null")
    case_count = s.IntegerField(help_text="有其署名的案例数")
    url = s.URLField(help_text="组织页的网址")


class DistrictRow(s.Serializer[Any]):
    code = s.CharField(help_text="区划代码")
    name = s.CharField(help_text="名称")
    full_name = s.CharField(help_text="全称，含上级名称")
    level = s.CharField(help_text="级别：省级、地级、县级、乡级、功能区")
    is_former = s.BooleanField(help_text="是否已撤销")
    case_count = s.IntegerField(help_text="案例数，含其下级")
    url = s.URLField(help_text="区划页的网址")


class AwardRow(s.Serializer[Any]):
    slug = s.CharField(help_text="代号，用于 /api/awards/{slug}/ 和 list 参数")
    title = s.CharField(help_text="名称")
    year = s.IntegerField(help_text="年份")
    level = s.CharField(help_text="级别：全国、省级、市级、区县级")
    organiser = s.CharField(allow_null=True, help_text="主办方，来源未载明为 null")
    order = s.CharField(help_text="排列方式：不分先后、排名、分等次")
    series = s.CharField(allow_null=True, help_text="系列，只有一届的为 null")
    entry_count = s.IntegerField(help_text="库中收录的条目数")
    url = s.URLField(help_text="榜单页的网址")


class Stage(s.Serializer[Any]):
    stage = s.CharField(help_text="环节：征集、初选、入围、入选等")
    qualifier = s.CharField(help_text="限定词，没有为空")
    count = s.IntegerField(help_text="件数")


class EntryCase(s.Serializer[Any]):
    number = s.CharField(help_text="案例编号")
    url = s.URLField(help_text="案例页的网址")


class Entry(s.Serializer[Any]):
    place = s.IntegerField(help_text="在整个榜单中的序号")
    rank = s.IntegerField(allow_null=True, help_text="名次")
    tier = s.CharField(allow_null=True, help_text="等次")
    title = s.CharField(help_text="公布的名称")
    organisations_as_announced = s.CharField(help_text="公布的单位")
    organisations = s.ListField(child=s.CharField(), help_text="单位现名")
    district = Place(allow_null=True, help_text="区划")
    case = EntryCase(allow_null=True, help_text="对应案例，库中没有为 null")
    note = s.CharField(help_text="备注")


class AwardList(s.Serializer[Any]):
    title = s.CharField(help_text="名称")
    url = s.URLField(help_text="榜单页的网址")
    year = s.IntegerField(help_text="年份")
    level = s.CharField(help_text="级别")
    organiser = s.CharField(allow_null=True, help_text="主办方")
    order = s.CharField(help_text="排列方式")
    series = s.CharField(allow_null=True, help_text="系列")
    description = s.CharField(help_text="说明")
    how_made = s.CharField(help_text="产生办法")
    funnel = Stage(many=True, help_text="评选环节")
    sources = Source(many=True, help_text="来源")
    count = s.IntegerField(help_text="符合条件的条目数")
    entries = Entry(many=True, help_text="条目，按公布的次序")


class VocabularyRow(s.Serializer[Any]):
    slug = s.CharField(help_text="代号，用作参数")
    name = s.CharField(help_text="名称")
    note = s.CharField(help_text="说明")
    case_count = s.IntegerField(help_text="案例数")


class Word(s.Serializer[Any]):
    value = s.CharField(help_text="代号，用作参数")
    label = s.CharField(help_text="名称")


class Vocabulary(s.Serializer[Any]):
    kinds = Word(many=True, help_text="案例类型，用于 kind")
    levels = Word(many=True, help_text="榜单级别，用于 level")
    orders = Word(many=True, help_text="排序，用于 sort")
    organisation_kinds = Word(many=True, help_text="组织类别")
    roles = Word(many=True, help_text="署名角色")
    district_levels = Word(many=True, help_text="区划级别")


class Count(s.Serializer[Any]):
    value = s.CharField(help_text="代号，用作参数")
    label = s.CharField(help_text="名称")
    count = s.IntegerField(help_text="案例数")


class Counts(s.Serializer[Any]):
    count = s.IntegerField(help_text="符合条件的案例数")
    districts = Count(many=True, help_text="按区划：有案例的各级地方，各含其下级")
    years = Count(many=True, help_text="按年度")
    sectors = Count(many=True, help_text="按领域")
    kinds = Count(many=True, help_text="按类型")
    levels = Count(many=True, help_text="按榜单级别，入选几个级别各计一次")
    themes = Count(many=True, help_text="按主题，一个案例可以有几个主题")


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string", "format": "uri"}})
class Addresses(s.Field[Any, Any, Any, Any]):
    pass


class Index(s.Serializer[Any]):
    title = s.CharField(help_text="库名")
    licence = s.CharField(help_text="使用说明")
    cases = s.IntegerField(help_text="案例数")
    addresses = Addresses(help_text="各接口和文件的网址")


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}, "example": {}}
)
class Faults(s.Field[Any, Any, Any, Any]):
    pass


class ErrorBody(s.Serializer[Any]):
    code = s.CharField(help_text="错误代号，供程序判断")
    message = s.CharField(help_text="哪里不对、怎么办")
    fields = Faults(help_text="各参数的问题，没有为空")


class Error(s.Serializer[Any]):
    error = ErrorBody()


def page_of(row: type[s.Serializer[Any]], **more: s.Field[Any, Any, Any, Any]) -> type[s.Serializer[Any]]:
    """The shape of one page of a list of such rows."""
    fields = {
        "count": s.IntegerField(help_text="符合条件的总数"),
        "page": s.IntegerField(help_text="第几页"),
        "pages": s.IntegerField(help_text="共几页"),
        "next": s.URLField(help_text="下一页的网址，没有为 null", allow_null=True),
        "previous": s.URLField(help_text="上一页的网址，没有为 null", allow_null=True),
        **more,
        "results": row(many=True, help_text="这一页的内容"),
    }
    return type(f"{row.__name__}Page", (s.Serializer,), fields)


CERTAIN = s.IntegerField(help_text="其中含有全部关键词的案例数，其余是最接近的结果")
CasePage = page_of(Case, certain=CERTAIN)
OrganisationPage = page_of(OrganisationRow)
DistrictPage = page_of(DistrictRow)
AwardPage = page_of(AwardRow)
VocabularyPage = page_of(VocabularyRow)
