"""Accounts by invitation: a link by which the person it is for sets a password of their own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cases import audit
from portal.accounts.forms import InvitedForm
from portal.accounts.own import rules
from portal.accounts.sign_in import proceed
from portal.models import Invitation, SignIn
from portal.models.invitation import hidden

# In the session: the hash of the token whose link was opened, so that the token itself stands in one address only.
OPENED = "invitation"


def link_of(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation-link", args=[token]))


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: it would stand in the history and on the screen. Opening uses nothing up."""
    invitation = Invitation.objects.behind(hidden(token))
    if invitation is None:
        return render(request, "accounts/invitation_over.html", status=404)
    request.session[OPENED] = invitation.token_hash
    return redirect("invitation")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    invitation = Invitation.objects.behind(request.session.get(OPENED, ""))
    if invitation is None:
        return render(request, "accounts/invitation_over.html", status=404)
    form = InvitedForm(invitation.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _accepted(request, invitation, form)
    context: dict[str, Any] = {"form": form, "invited": invitation.user, "rules": rules()}
    return render(request, "accounts/invitation.html", context)


def _accepted(request: HttpRequest, invitation: Invitation, form: InvitedForm) -> HttpResponse:
    user: User = invitation.user
    with transaction.atomic():
        if not invitation.use():
            return render(request, "accounts/invitation_over.html", status=404)
        form.save()
        SignIn.objects.end(user)
        audit.record(audit.Action.INVITATION_ACCEPTED, by=user, about=user)
    request.session.pop(OPENED, None)
    return proceed(request, user, reverse("admin:index") if user.is_staff else reverse("account"))
