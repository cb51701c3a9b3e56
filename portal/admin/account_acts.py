"""What an administrator does with an account beside its form: each asked once more, then done and recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases import audit
from portal.accounts import duties, locks, second_factor
from portal.accounts.invitations import link_of
from portal.models import Invitation, SignIn, SignInLock


@dataclass(frozen=True)
class Act:
    """`is_open` says whether there is anything to do; `do` does it and returns what is told, or a page of its own."""

    label: str
    asks: str
    is_open: Callable[[User], bool]
    do: Callable[[Any, HttpRequest, User], str | HttpResponse]
    is_for_oneself: bool = True


def invite(desk: Any, request: HttpRequest, user: User) -> HttpResponse:
    """Make a link and show it, this once."""
    with transaction.atomic():
        invitation, token = Invitation.objects.invite(user, by=request.user)
        audit.record(audit.Action.INVITED, about=user)
    link = link_of(request, token)
    context = {
        **desk.admin_site.each_context(request),
        "title": f"{user.last_name or user.username} 的邀请链接",
        "opts": desk.opts,
        "person": user,
        "link": link,
        "invitation": invitation,
        "is_sent": _is_sent(user, link, invitation),
        "needs_second_factor": duties.needs_second_factor(User.objects.get(pk=user.pk)),
    }
    answer = render(request, "admin/auth/user/invitation.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _is_sent(user: User, link: str, invitation: Invitation) -> bool:
    if not (user.email and getattr(settings, "NOTICES_BY_MAIL", False)):
        return False
    name = settings.SITE["name"]
    text = (
        f"{user.last_name or user.username}，您好：\n\n"
        f"管理员为您开设了“{name}”的账号，用户名是 {user.username}。请在 7 天内打开下面的链接，设置您自己的密码：\n\n"
        f"{link}\n\n链接只能用一次，请不要转发。如果您不知道这件事，不必理会这封邮件。\n"
    )
    return send_mail(f"{name}：设置您的密码", text, None, [user.email], fail_silently=True) == 1


@transaction.atomic
def _revoke(desk: Any, request: HttpRequest, user: User) -> str:
    Invitation.objects.revoke(user)
    audit.record(audit.Action.INVITATION_REVOKED, about=user)
    return "邀请链接已撤销，不能再用。"


@transaction.atomic
def _unlock(desk: Any, request: HttpRequest, user: User) -> str:
    locks.unlock(user)
    audit.record(audit.Action.UNLOCKED, about=user)
    return "登录锁定已解除。"


@transaction.atomic
def _reset_second_factor(desk: Any, request: HttpRequest, user: User) -> str:
    second_factor.remove(user)
    SignIn.objects.end(user)
    audit.record(audit.Action.TOTP_REMOVED, about=user)
    return "第二步验证已重置，这个账号的登录都已退出。"


@transaction.atomic
def _end_sessions(desk: Any, request: HttpRequest, user: User) -> str:
    SignIn.objects.end(user, except_key=request.session.session_key)
    audit.record(audit.Action.SESSIONS_ENDED, about=user)
    return "这个账号的登录都已退出。"


ACTS = {
    "invite": Act(
        "生成设置密码的链接",
        "将生成一个新的链接，7 天内有效，只能用一次，打开链接的人可以给这个账号设置密码。以前的链接随即作废。"
        "用于邀请新同事，或帮忘记密码的同事重设。",
        lambda user: user.is_active,
        invite,
    ),
    "revoke-invitation": Act(
        "撤销邀请链接",
        "链接撤销后不能再用；需要时可以重新生成。",
        lambda user: Invitation.objects.open().filter(user=user).exists(),
        _revoke,
    ),
    "unlock": Act(
        "解除登录锁定",
        "请先确认是本人输错了密码。解除后可以立即登录，失败次数重新计算。",
        lambda user: SignInLock.objects.counting().filter(username=user.username).exists(),
        _unlock,
    ),
    "reset-second-factor": Act(
        "重置第二步验证",
        "用于手机丢失、恢复码也用完的同事。请先当面或用电话确认是本人。重置后凭密码即可登录，请提醒本人尽快重新设置。",
        second_factor.is_set_up,
        _reset_second_factor,
        is_for_oneself=False,
    ),
    "end-sessions": Act(
        "结束全部登录",
        "这个账号在各处的登录会立即退出，未保存的内容可能丢失。",
        lambda user: SignIn.objects.open(user).exists(),
        _end_sessions,
        is_for_oneself=False,
    ),
}


def open_to(desk: Any, request: HttpRequest, user: User) -> list[tuple[str, str]]:
    """Address and label of what this administrator may do with this account now."""
    if not desk.has_change_permission(request, user):
        return []
    return [
        (reverse("admin:auth_user_act", args=[user.pk, name]), act.label)
        for name, act in ACTS.items()
        if (act.is_for_oneself or user.pk != request.user.pk) and act.is_open(user)
    ]


def answer(desk: Any, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask by GET, do by POST."""
    user, act = desk.get_object(request, str(pk)), ACTS.get(name)
    if not desk.has_change_permission(request, user):
        raise PermissionDenied
    if user is None or act is None:
        raise Http404
    if user.pk == request.user.pk and not act.is_for_oneself:
        raise PermissionDenied
    back = reverse("admin:auth_user_change", args=[user.pk])
    if not act.is_open(user):
        messages.info(request, f"“{act.label}”现在没有什么要做的。")
        return redirect(back)
    if request.method == "POST":
        done = act.do(desk, request, user)
        desk.log_change(request, user, act.label)
        if isinstance(done, HttpResponse):
            return done
        messages.success(request, done)
        return redirect(back)
    context = {
        **admin.site.each_context(request),
        "title": act.label,
        "opts": desk.opts,
        "person": user,
        "act": act,
    }
    return render(request, "admin/auth/user/act.html", context)
