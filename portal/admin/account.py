"""Accounts: who may sign in, by invitation, with what rights."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, ReadOnlyPasswordHashWidget, UserChangeForm, UsernameField
from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from cases import audit
from cases.admin.desk import DeskAdmin, PlainChoosers
from cases.admin.rows import RowFormSet
from cases.models import Remit
from portal.accounts import second_factor
from portal.admin import account_acts
from portal.models import Invitation, PasswordRecord, SignIn, SignInLock

admin.site.unregister(User)


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


class InviteForm(forms.ModelForm):
    """A new account has no password: the person it is for sets one, by a link."""

    class Meta:
        model = User
        fields = ["username", "last_name", "email", "groups"]
        field_classes = {"username": UsernameField}

    def save(self, commit: bool = True) -> User:
        user = cast(User, super().save(commit=False))
        user.set_unusable_password()
        if commit:
            user.save()
            self.save_m2m()
        return user


class PasswordBySomebodyElse(AdminPasswordChangeForm):
    """A password that somebody else knows is for one sign-in: it is changed first of all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        # There is no other way to sign in than by password: who is to stay out is switched off.
        self.fields.pop("usable_password", None)

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        PasswordRecord.objects.mark_temporary(user)
        SignIn.objects.end(user)
        return user


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


class RemitInline(PlainChoosers, admin.TabularInline):
    """The districts an account works for; found by name or code."""

    model = Remit
    formset = RowFormSet
    autocomplete_fields = ["district"]
    extra = 1
    verbose_name = "管辖区划"
    verbose_name_plural = "管辖区划"


class RoleFilter(admin.RelatedFieldListFilter):
    """Named as the form names it; Django's word for a group says nothing here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "角色"


@admin.register(User)
class CuratorAdmin(DeskAdmin, UserAdmin):
    """Accounts are never deleted, only switched off: the records of who did what hang on them."""

    form = CuratorForm
    add_form = InviteForm
    change_password_form = PasswordBySomebodyElse
    list_display = ["username", "called", "roles", "can_sign_in", "last_login"]
    list_filter = ["is_active", ("groups", RoleFilter)]
    filter_horizontal = ()
    inlines = [RemitInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("使用人", {"fields": ["last_name", "email"]}),
        ("权限", {"fields": ["is_active", "groups"]}),
        ("登录", {"fields": ["invitation", "second_factor", "lock", "open_sessions", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "last_name", "email", "groups"]})]
    readonly_fields = ["invitation", "second_factor", "lock", "open_sessions", "last_login", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_urls(self) -> list[Any]:
        act = path("<int:pk>/act/<slug:name>/", self.admin_site.admin_view(self.act), name="auth_user_act")
        return [act, *super().get_urls()]

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
            kwargs["label"] = "角色"
            kwargs["widget"] = forms.CheckboxSelectMultiple
            kwargs["help_text"] = (
                "录入员填写草稿，审核员发布，管理员另管账号，不受区划限制。"
                "其他角色要在下面填管辖区划，没有的看不到未公开的内容"
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "last_name":
            kwargs["label"] = "姓名"
        if db_field.name == "is_active":
            kwargs["help_text"] = "离岗时去掉勾选并保存：立即退出，不能再登录。账号不删除，经手的记录仍有署名"
        if db_field.name == "username":
            kwargs["help_text"] = "字母、数字和 @ . + - _，不超过 150 个字符；登录时输入"
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "groups" and form_field:
            form_field.widget.can_add_related = False  # there are four roles
        return form_field

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            SignIn.objects.end(obj)
            Invitation.objects.revoke(obj)

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

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Show the link at once, and only now."""
        return account_acts.invite(self, request, obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if obj := kwargs.get("obj"):
            context["acts"] = account_acts.open_to(self, request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def act(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        return account_acts.answer(self, request, pk, name)

    @admin.display(description="姓名", ordering="last_name")
    def called(self, user: User) -> str:
        return user.last_name

    @admin.display(description="状态", ordering="-is_active")
    def can_sign_in(self, user: User) -> str:
        return "可登录" if user.is_active else "已停用"

    @admin.display(description="角色")
    def roles(self, user: User) -> str:
        return "、".join(group.name for group in user.groups.all())

    @admin.display(description="邀请链接")
    def invitation(self, user: User) -> str:
        latest = Invitation.objects.filter(user=user).first()
        if latest is None:
            return "没有"
        made, ends = (timezone.localtime(moment) for moment in (latest.made_at, latest.expires_at))
        until = f"，{ends:%Y年%-m月%-d日 %H:%M} 前有效" if latest.is_open else ""
        return f"{latest.state}（{made:%Y年%-m月%-d日} 生成{until}）"

    @admin.display(description="第二步验证")
    def second_factor(self, user: User) -> str:
        if not second_factor.is_set_up(user):
            return "未启用"
        return f"已启用，恢复码还剩 {second_factor.recovery_codes_left(user)} 个"

    @admin.display(description="登录锁定")
    def lock(self, user: User) -> str:
        found = SignInLock.objects.counting().filter(username=user.username)
        locked = [lock for lock in found if lock.is_locked]
        told = [f"{one.ip_address}（{timezone.localtime(one.ends_at):%H:%M} 自动解除）" for one in locked]
        return f"已锁定：{'、'.join(told)}" if told else "没有锁定"

    @admin.display(description="正在登录")
    def open_sessions(self, user: User) -> str:
        count = SignIn.objects.open(user).count()
        return f"{count} 处" if count else "没有"
