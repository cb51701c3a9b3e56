"""Roles: what the groups allow."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.http import HttpRequest

from cases import audit
from cases.admin.desk import DeskAdmin
from cases.audit_words import VERBS
from cases.roles import ROLES

admin.site.unregister(Group)


class RightsField(forms.ModelMultipleChoiceField):
    """Permissions under Chinese names; Django stores English ones."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        verb = VERBS.get(obj.codename.partition("_")[0])
        return f"{obj.content_type.name} · {verb}" if verb else f"{obj.content_type.name} · {obj.name}"


def grantable() -> QuerySet[Permission]:
    """The rights that any of our roles has: all others open nothing in the admin."""
    codenames = {code.partition(".")[2] for codes in ROLES.values() for code in codes}
    labels = {code.partition(".")[0] for codes in ROLES.values() for code in codes}
    found = Permission.objects.filter(content_type__app_label__in=labels, codename__in=codenames)
    return found.select_related("content_type").order_by("content_type__app_label", "content_type__model", "pk")


class RoleForm(forms.ModelForm):
    permissions = RightsField(label="权限", queryset=Permission.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            self.fields["permissions"].queryset = grantable()  # type: ignore[attr-defined]


@admin.register(Group)
class RoleAdmin(DeskAdmin, GroupAdmin):  # type: ignore[misc]
    """The built-in groups are fixed in `cases.roles`; others may be added."""

    form = RoleForm
    filter_horizontal = ()
    list_display = ["name", "is_built_in"]
    removal_recorded_as = audit.Action.ROLE_REMOVED

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return (obj is None or obj.name not in ROLES) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return (obj is None or obj.name not in ROLES) and super().has_delete_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> list[Any]:
        return ["name", "rights"] if obj and obj.name in ROLES else ["name", "permissions"]

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> list[str]:
        return ["rights"] if obj and obj.name in ROLES else []

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        role = form.instance
        before = set(role.permissions.values_list("codename", flat=True))
        super().save_related(request, form, formsets, change)
        after = set(role.permissions.values_list("codename", flat=True))
        act = audit.Action.ROLE_CHANGED if change else audit.Action.ROLE_ADDED
        audit.record(act, about=role, added=sorted(after - before), removed=sorted(before - after))

    @admin.display(description="来历")
    def is_built_in(self, group: Group) -> str:
        return "内置" if group.name in ROLES else "自建"

    @admin.display(description="权限（内置，不能更改）")
    def rights(self, group: Group) -> str:
        field = RightsField(queryset=grantable().filter(group=group))
        return "\n".join(field.label_from_instance(permission) for permission in field.queryset)  # type: ignore[union-attr]
