"""The parameters of a list, described from the very filters that read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters as filters
from drf_spectacular.utils import OpenApiParameter

from cases.filters.fields import DistrictFilter, SlugsFilter, ValuesFilter, YearsFilter

# What a filter has no words for: what it reads, with an example.
NOTES = {
    "q": ("关键词，写法与搜索框相同：“短语”、-排除、OR，词前可加“标题：”“单位：”“地区：”或“榜单：”", "加装电梯"),
    "district": ("区划代码（GB/T 2260，含其下级），见 /api/districts/", "440100"),
    "sector": ("领域代号，见 /api/sectors/", "urban-community"),
    "theme": ("主题代号，见 /api/themes/", ""),
    "kind": ("类型代号", ""),
    "year": ("年度，四位数字", "2020"),
    "level": ("级别代号", ""),
    "list": ("榜单代号，见 /api/awards/", ""),
    "sort": ("排序；有关键词时默认按相关程度，否则最新在前", ""),
}
SEVERAL = "；可重复给出，符合其中任何一个即可"
# The codes that may exist; which do, the answer tells.
DISTRICT_PATTERN = "^[1-9][0-9]{1,11}(F[0-9]{2})?$"
YEAR_PATTERN = "^(19|20)[0-9]{2}$"
NO_NULL = r"^[^\u0000]*$"
# Whose values are rows of the library: written into the description when it is made (portal.api.description).
FROM_ROWS = ("sector", "theme", "list")


def takes_several(one: Any) -> bool:
    return isinstance(one, (SlugsFilter, ValuesFilter, YearsFilter))


def parameters_of(browse: Any, **notes: str) -> list[OpenApiParameter]:
    """Return a parameter for each filter; `notes` replaces what is said of one."""
    return [_parameter(name, one, notes.get(name, "")) for name, one in browse.base_filters.items()]


def _parameter(name: str, one: filters.Filter, note: str) -> OpenApiParameter:
    usual, example = NOTES[name]
    several = takes_several(one)
    schema = dict(_schema(name, one))
    if example:
        schema["example"] = example
    choices = dict(one.extra.get("choices", ()))
    told = "：" + "，".join(f"{value} {label}" for value, label in choices.items()) if choices else ""
    return OpenApiParameter(
        name,
        {"type": "array", "items": schema} if several else schema,
        description=f"{note or usual}{told}{SEVERAL if several else ''}。",
        explode=True if several else None,
        style="form" if several else None,
    )


def _schema(name: str, one: filters.Filter) -> Iterator[tuple[str, Any]]:
    yield "type", "string"
    if isinstance(one, DistrictFilter):
        yield "pattern", DISTRICT_PATTERN
    elif isinstance(one, YearsFilter):
        yield "pattern", YEAR_PATTERN
    elif "choices" in one.extra:
        yield "enum", [value for value, _ in one.extra["choices"]]
    elif name == "q":
        yield "minLength", 1
        yield "maxLength", one.extra.get("max_length") or 256
        yield "pattern", NO_NULL
