"""What entries of the audit say, in the words of curators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from cases.models import AuditEntry

VERBS = {"add": "添加", "change": "修改", "delete": "删除", "view": "查看"}
# What the keys of details are called; others are shown as they are.
KEYS = {
    "added": "增加",
    "removed": "去掉",
    "before": "原状态",
    "bodies": "组织数",
    "cases": "案例数",
    "changed": "修改数",
    "conditions": "条件",
    "count": "条数",
    "created": "新增数",
    "days": "保留天数",
    "device": "设备",
    "districts": "区划",
    "fields": "字段",
    "file": "文件",
    "form": "格式",
    "into": "并入",
    "is_update": "更新已有的",
    "lists": "榜单数",
    "merged": "被合并的",
    "moved": "移动的条数",
    "roles": "角色",
    "rows": "行数",
    "same": "未变数",
    "scheduled_for": "定于",
    "skipped": "跳过数",
    "subject": "内容",
    "unpublished": "未公开条数",
    "until": "删至序号",
    "version": "版本",
}
# What stands for itself, by key and value; nothing to say is left out.
SENTENCES = {
    ("is_known", True): "",
    ("is_known", False): "没有这个账号，输入的内容不记录",
    ("is_new", True): "",
    ("is_new", False): "改动已有的勘误",
}
KINDS = {"auth.user": "账号", "auth.group": "角色", "cases.exportrecord": "导出记录"}
FIELDS = {
    ("auth.user", "last_name"): "姓名",
    ("auth.user", "is_staff"): "可进入管理后台",
    ("auth.user", "is_superuser"): "超级用户",
    ("auth.user", "email"): "邮箱",
}


def who(entry: AuditEntry) -> str:
    if entry.username:
        return f"{entry.full_name}（{entry.username}）" if entry.full_name else entry.username
    return "未登录" if entry.address else "系统"


def about(entry: AuditEntry) -> str:
    return f"{kind_of(entry.about_kind)} {entry.about_name or entry.about_key}" if entry.about_kind else ""


@cache
def kind_of(label: str) -> str:
    """What a kind of record is called, also one that the portal no longer has."""
    try:
        return KINDS.get(label) or str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def details(entry: AuditEntry) -> str:
    """The details in one line; of what cannot be read, as it is."""
    try:
        given = json.loads(entry.details)
    except ValueError:
        return entry.details
    return "；".join(_told(entry, given)) if isinstance(given, dict) else entry.details


def _told(entry: AuditEntry, given: dict[str, Any]) -> Iterator[str]:
    for key, value in sorted(given.items(), key=lambda pair: list(KEYS).index(pair[0]) if pair[0] in KEYS else 99):
        sentence = SENTENCES.get((key, value)) if isinstance(value, bool) else None
        if sentence is not None:
            yield from [sentence] if sentence else []
        elif value not in ([], "", None):
            yield f"{KEYS.get(key, key)}：{_shown(entry, key, value)}"


def _shown(entry: AuditEntry, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, list):
        return str(value)
    if key == "fields":
        return "、".join(_field(entry.about_kind, str(name)) for name in value)
    if entry.about_kind == "auth.group":
        return "、".join(_rights().get(str(code), str(code)) for code in value)
    return "、".join(str(one) for one in value)


def _field(kind: str, name: str) -> str:
    if (kind, name) in FIELDS:
        return FIELDS[kind, name]
    try:
        return str(apps.get_model(kind)._meta.get_field(name).verbose_name)
    except (LookupError, ValueError, FieldDoesNotExist, AttributeError):
        return name


@cache
def _rights() -> dict[str, str]:
    """What rights are called, by their code without the app."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        options: models.options.Options = model._meta
        name = kind_of(options.label_lower)
        found |= {f"{verb}_{options.model_name}": f"{name} · {label}" for verb, label in VERBS.items()}
        found |= {code: f"{name} · {label}" for code, label in options.permissions}
    return found
