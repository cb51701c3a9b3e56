"""The OpenAPI description: what each address is for, what it takes, what it answers, and what can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from cases.filters import AwardFilter, CaseFilter, EntryFilter, OrganisationFilter
from cases.models import AwardList, Sector, Theme
from portal.api import examples, serializers
from portal.api.asking import MAX_PAGE_SIZE, PAGE_SIZE
from portal.api.errors import MESSAGES, body
from portal.api.filters import DistrictListFilter
from portal.api.parameters import FROM_ROWS, parameters_of

PAGING = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1}, description="第几页，从 1 起。"),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE},
        description=f"每页几项，最多 {MAX_PAGE_SIZE} 项。",
    ),
]


def in_path(name: str, schema: dict[str, Any], said: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, required=True, description=said)


@dataclass(frozen=True)
class Operation:
    """One address: its group, what it gives in a few words and in more, its parameters, its shape and an example."""

    group: str
    summary: str
    shape: Any
    description: str = ""
    parameters: Sequence[OpenApiParameter] = ()
    example: Any = None
    fails: Sequence[int] = (400, 406, 429, 500)


SCHEMA = {"type": "object", "additionalProperties": True}
MISSING = (400, 404, 406, 429, 500)
FORMAT = OpenApiParameter("format", {"type": "string", "enum": ["json", "yaml"]}, description="格式，优先于 Accept。")
NUMBER = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{4,8}$", "example": "2020-0007"}
CODE = {"type": "string", "pattern": "^[0-9F]{2,12}$", "example": "440100"}
SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "example": "guangzhou-2020-top10"}
KEY = {"type": "integer", "minimum": 1, "example": 1}
OF_ENTRIES = {
    "sector": "领域代号，指条目所对应案例的领域，见 /api/sectors/",
    "district": "区划代码（含其下级），指条目的区划",
}

OPERATIONS = {
    "cases": Operation(
        "案例",
        "案例：浏览与搜索",
        serializers.CasePage,
        "参数与案例页相同，次序也与案例页相同。多种条件须同时符合。",
        [*parameters_of(CaseFilter), *PAGING],
        examples.CASES,
        MISSING,
    ),
    "case": Operation(
        "案例",
        "一个案例",
        serializers.Case,
        "与 /cases/export.json 中的案例形状相同。",
        [in_path("number", NUMBER, "编号。")],
        examples.CASE,
        MISSING,
    ),
    "statistics": Operation(
        "案例",
        "统计：一组案例按区划、年度、领域、类型、榜单级别和主题各有多少",
        serializers.Counts,
        "参数与案例的浏览与搜索相同，没有分页。",
        parameters_of(CaseFilter),
        examples.COUNTS,
    ),
    "organisations": Operation(
        "组织、区划与榜单",
        "组织",
        serializers.OrganisationPage,
        "有公开案例或上榜的组织，案例多的在前。",
        [
            *parameters_of(
                OrganisationFilter,
                q="名称（含简称、曾用名）中的几个字",
                kind="类别代号",
                district="所在区划代码（含其下级）",
            ),
            *PAGING,
        ],
        examples.ORGANISATIONS,
        MISSING,
    ),
    "organisation": Operation(
        "组织、区划与榜单",
        "一个组织",
        serializers.OrganisationRow,
        "与 /organisations/export.json 中的组织形状相同。",
        [in_path("id", KEY, "编号。")],
        examples.ORGANISATION,
        MISSING,
    ),
    "districts": Operation(
        "组织、区划与榜单",
        "区划",
        serializers.DistrictPage,
        "全部区划（没有案例的也在内），按代码排列。",
        [*parameters_of(DistrictListFilter, district="区划代码，给出它和它的全部下级"), *PAGING],
        examples.DISTRICTS,
        MISSING,
    ),
    "district": Operation(
        "组织、区划与榜单",
        "一个区划",
        serializers.DistrictRow,
        "",
        [in_path("code", CODE, "区划代码，如 440100、440104、4403F01。")],
        examples.DISTRICT,
        MISSING,
    ),
    "awards": Operation(
        "组织、区划与榜单",
        "榜单",
        serializers.AwardPage,
        "年份新的在前。",
        [*parameters_of(AwardFilter, year="年份，四位数字", district="与这一区划有关：主办方或条目在那里"), *PAGING],
        examples.AWARDS,
        MISSING,
    ),
    "award": Operation(
        "组织、区划与榜单",
        "一个榜单及其条目",
        serializers.AwardList,
        "与 /awards/{slug}/export.json 形状相同。",
        [in_path("slug", SLUG, "代号。"), *parameters_of(EntryFilter, **OF_ENTRIES)],
        examples.AWARD,
        MISSING,
    ),
    "sectors": Operation(
        "词表", "领域", serializers.VocabularyPage, "每个案例属于一个领域。", PAGING, examples.SECTORS, MISSING
    ),
    "themes": Operation(
        "词表", "主题", serializers.VocabularyPage, "一个案例可以有几个主题。", PAGING, examples.THEMES, MISSING
    ),
    "vocabulary": Operation(
        "词表", "固定的词：类型、级别、排序、组织类别、署名角色", serializers.Vocabulary, "", (), examples.VOCABULARY
    ),
    "index": Operation("说明", "各接口的网址", serializers.Index, "浏览器得到的是本页。", (), examples.INDEX),
    "schema": Operation("说明", "本接口的 OpenAPI 描述", SCHEMA, "", [FORMAT]),
}

View = Callable[..., Any]


def described(name: str) -> Callable[[View], View]:
    """Attach the description of an operation to its view."""
    operation = OPERATIONS[name]
    shown = [OpenApiExample("例", value=operation.example)] if operation.example is not None else []
    media = ["application/json", "application/yaml"] if operation.shape is SCHEMA else ["application/json"]
    answers: dict[Any, Any] = {
        (200, kind): OpenApiResponse(operation.shape, description="内容。", examples=shown) for kind in media
    }
    for status in operation.fails:
        answers[(status, "application/json")] = _failure(status)
    return extend_schema(
        operation_id=name,
        summary=operation.summary,
        description=operation.description,
        tags=[operation.group],
        parameters=list(operation.parameters),
        responses=answers,
        auth=[],
    )


def _failure(status: int) -> OpenApiResponse:
    shown = body(status, fields={"year": ["“20”不是年份，请写四位数字，如 2020"]} if status == 400 else {})
    return OpenApiResponse(serializers.Error, MESSAGES[status][1], [OpenApiExample("例", value=shown)])


def with_rows(result: dict[str, Any], **others: Any) -> dict[str, Any]:
    """Write into a finished description what only the library knows: which sectors, themes and lists there are."""
    rows: dict[str, Any] = {
        "sector": Sector.objects.visible_to(None),
        "theme": Theme.objects.visible_to(None),
        "list": AwardList.objects.visible_to(None).newest(),
    }
    values = {name: list(rows[name].values_list("slug", flat=True)) for name in FROM_ROWS}
    for item in result["paths"].values():
        for parameter in item["get"].get("parameters", ()):
            if parameter["in"] == "query" and values.get(parameter["name"]):
                schema = parameter["schema"]
                schema.get("items", schema)["enum"] = values[parameter["name"]]
    for item in result["paths"].values():
        for status, said in item["get"]["responses"].items():
            if status == "429":
                wait = {"type": "integer", "minimum": 1}
                said["headers"] = {"Retry-After": {"description": "请在几秒后再试。", "schema": wait}}
    return result
