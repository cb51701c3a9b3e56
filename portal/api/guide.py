"""The readable page of the API, made from its description: addresses, parameters, answers, fields, limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from cases.throttle import Rate, rate_of

Schema = dict[str, Any]
TYPES = {"string": "文字", "integer": "整数", "number": "数", "boolean": "是否", "object": "对象", "array": "列表"}
# More values than these are looked up where they are listed.
MOST_VALUES = 12
# Which parameters an example shows.
EXAMPLES = {"cases": {"q": "加装电梯", "district": "440100", "page_size": "5"}, "statistics": {"year": "2020"}}


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: str
    is_in_path: bool
    told: str


@dataclass(frozen=True)
class Operation:
    name: str
    path: str
    summary: str
    told: str
    parameters: list[Parameter]
    command: str
    example: str


@dataclass(frozen=True)
class Field:
    """One field of a shape; `depth` says how deep it lies within others."""

    name: str
    kind: str
    told: str
    depth: int = 0


@dataclass
class Group:
    title: str
    operations: list[Operation] = field(default_factory=list)

    def add(self, operation: Operation) -> None:
        """Leave out parameters that are all explained with the first one of the group, which the text refers to."""
        first = self.operations[0] if self.operations else operation
        repeated = len(operation.parameters) > 2 and set(operation.parameters) <= set(first.parameters)
        known = operation is not first and repeated
        self.operations.append(replace(operation, parameters=[]) if known else operation)


@dataclass(frozen=True)
class Fault:
    status: str
    told: str


@dataclass(frozen=True)
class Guide:
    groups: list[Group]
    fields: list[Field]
    faults: list[Fault]
    rate: Rate | None


def guide(absolute: Callable[[str], str]) -> Guide:
    described: Schema = SchemaGenerator().get_schema(public=True)
    groups: dict[str, Group] = {}
    faults: dict[str, str] = {}
    for path, item in described["paths"].items():
        one = item["get"]
        title = one["tags"][0]
        groups.setdefault(title, Group(title)).add(_operation(path, one, absolute))
        faults |= {status: said["description"] for status, said in one["responses"].items() if status != "200"}
    shapes = described["components"]["schemas"]
    return Guide(
        [groups[tag["name"]] for tag in described["tags"]],
        list(_fields(shapes["Case"], shapes)),
        [Fault(status, told) for status, told in sorted(faults.items())],
        rate_of("api"),
    )


def _operation(path: str, one: Schema, absolute: Callable[[str], str]) -> Operation:
    name = one["operationId"]
    filled, shown = path, EXAMPLES.get(name, {})
    for parameter in one.get("parameters", ()):
        if parameter["in"] == "path":
            filled = filled.replace(f"{{{parameter['name']}}}", str(parameter["schema"].get("example", 1)))
    return Operation(
        name,
        path,
        one["summary"],
        one.get("description", ""),
        [_parameter(parameter) for parameter in one.get("parameters", ())],
        _command(absolute(filled), shown),
        _example(one["responses"]["200"]["content"]["application/json"]),
    )


def _command(address: str, shown: dict[str, str]) -> str:
    if not shown:
        return f"curl '{address}'"
    values = [f"  --data-urlencode '{name}={value}'" for name, value in shown.items()]
    return " \\\n".join([f"curl -G '{address}'", *values])


def _example(content: Schema) -> str:
    for example in content.get("examples", {}).values():
        return json.dumps(example["value"], ensure_ascii=False, indent=2)
    return ""


def _parameter(parameter: Schema) -> Parameter:
    schema = parameter["schema"]
    kind = "文字，可重复" if schema.get("type") == "array" else TYPES[schema["type"]]
    values = schema.get("enum", [])
    told = parameter.get("description", "")
    if 0 < len(values) <= MOST_VALUES and not any(str(value) in told for value in values):
        told = f"{told.rstrip('。')}：{'、'.join(map(str, values))}。"
    return Parameter(parameter["name"], kind, parameter["in"] == "path", told)


def _fields(shape: Schema, shapes: dict[str, Schema], depth: int = 0) -> Iterator[Field]:
    for name, one in shape["properties"].items():
        inner = _inner(one, shapes)
        kind = TYPES.get(one.get("type", "object"), "对象")
        yield Field(name, f"{kind}，可为 null" if one.get("nullable") else kind, one.get("description", ""), depth)
        if inner:
            yield from _fields(inner, shapes, depth + 1)


def _inner(one: Schema, shapes: dict[str, Schema]) -> Schema | None:
    """The shape that a field holds, alone or as the rows of a list."""
    one = one.get("items", one)
    references = [one, *one.get("allOf", ()), *one.get("oneOf", ())]
    for reference in references:
        if "$ref" in reference:
            return shapes[reference["$ref"].rsplit("/", 1)[-1]]
    return None
