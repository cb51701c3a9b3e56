"""Accounts and roles: who may sign in, and what the groups allow."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashWidget, UserChangeForm
from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from cases import audit
from cases.admin.desk import DeskAdmin
from cases.models import Remit
from cases.roles import ROLES

VERBS = {"add": "添加", "change": "修改", "delete": "删除", "view": "查看"}

admin.site.unregister([User, Group])


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
    """The three built-in groups are fixed in `cases.roles`; others may be added."""

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


class PasswordNote(ReadOnlyPasswordHashWidget):
    """Says only whether there is a password; the parts of its hash tell nobody anything."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        is_set = bool(value) and is_password_usable(value)
        return super().get_context(name, value, attrs) | {"summary": [{"label": "已设置" if is_set else "未设置"}]}


class CuratorForm(UserChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            self.fields["password"].widget = PasswordNote()


def rights_of(user: User) -> dict[audit.Action, set[str]]:
    """What an account has of each kind of right, by the act that changes it."""
    return {
        audit.Action.ROLES_CHANGED: set(Group.objects.filter(user=user).values_list("name", flat=True)),
        audit.Action.DISTRICTS_CHANGED: {
            str(remit) for remit in Remit.objects.filter(user=user).select_related("district")
        },
    }


def record_change(form: Any, *, change: bool) -> None:
    """Record what an account's own form did, but for roles and passwords, of which there are entries of their own."""
    user, changed = form.instance, set(form.changed_data)
    if not change:
        audit.record(audit.Action.ACCOUNT_ADDED, about=user)
        return
    if "is_active" in changed:
        act = audit.Action.ACCOUNT_SWITCHED_ON if user.is_active else audit.Action.ACCOUNT_SWITCHED_OFF
        audit.record(act, about=user)
    if others := sorted(changed - {"is_active", "groups"}):
        audit.record(audit.Action.ACCOUNT_CHANGED, about=user, fields=others)


@admin.register(User)
class CuratorAdmin(DeskAdmin, UserAdmin):
    """Accounts are never deleted, only switched off: the records of who did what hang on them."""

    form = CuratorForm
    list_display = ["username", "last_name", "roles", "can_sign_in", "last_login"]
    list_filter = ["is_active", "groups"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("使用人", {"fields": ["last_name", "email"]}),
        ("权限", {"fields": ["is_active", "groups"]}),
        ("记录", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "last_name", "password1", "password2", "groups"]})]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj and request.user.is_superuser:
            return [*fieldsets, ("超级用户", {"fields": ["is_staff", "is_superuser"]})]
        return fieldsets

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Whoever may set a superuser's password is one.
        is_open = obj is None or request.user.is_superuser or not obj.is_superuser
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            kwargs["help_text"] = "录入员填写草稿，审核员发布，管理员另管账号"
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "last_name":
            kwargs["label"] = "姓名"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = rights_of(form.instance)
        super().save_related(request, form, formsets, change)
        record_change(form, change=change)
        for act, after in rights_of(form.instance).items():
            if after != before[act]:
                details: Any = {"added": sorted(after - before[act]), "removed": sorted(before[act] - after)}
                audit.record(act, about=form.instance, **details)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        return super().user_change_password(request, id, form_url)

    @admin.display(description="状态", ordering="-is_active")
    def can_sign_in(self, user: User) -> str:
        return "可登录" if user.is_active else "已停用"

    @admin.display(description="角色")
    def roles(self, user: User) -> str:
        return "、".join(group.name for group in user.groups.all())
