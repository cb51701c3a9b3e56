"""Forms of accounts, in words that say what to do."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate, password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from portal.accounts import locks

WRONG = "用户名或密码不对。请核对后再输入一次，注意区分大小写；忘记密码请联系管理员。"


class SignInForm(AuthenticationForm):
    """Says the same of a wrong name, a wrong password and an account that is switched off."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def get_invalid_login_error(self) -> ValidationError:
        if locks.is_refused(self.request):
            return locks.refusal(self.request, self.cleaned_data.get("username") or "")
        return ValidationError(WRONG, code="invalid_login")


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def confirm_login_allowed(self, user: Any) -> None:
        """Answer readers as if their password were wrong: this door is not there to try passwords at."""
        if not user.is_staff:
            locks.count_failure(self.request, user.get_username())
            raise self.get_invalid_login_error()


class CodeForm(forms.Form):
    code = forms.CharField(label="验证码", max_length=32, error_messages={"required": "请填写验证码。"})


class OwnPasswordForm(forms.Form):
    """Asks for the password again. Whoever found an open browser may not guess it here, either."""

    password = forms.CharField(
        label="现在的密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填写现在的密码。"},
    )

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request

    def clean_password(self) -> str:
        username, password = self.request.user.get_username(), self.cleaned_data["password"]
        if authenticate(self.request, username=username, password=password) is None:
            if locks.is_refused(self.request):
                raise locks.refusal(self.request, username)
            raise ValidationError("密码不对，请重新输入，注意区分大小写。", code="wrong")
        return str(password)


class NewPassword(forms.Form):
    """A password of one's own, typed twice."""

    new = forms.CharField(
        label="新密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "请填写新密码。", "max_length": "密码不超过 128 个字符。"},
    )
    again = forms.CharField(
        label="再输一次新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "请把新密码再输一次。"},
    )
    user: User

    def clean_new(self) -> str:
        password_validation.validate_password(self.cleaned_data["new"], self.user)
        return str(self.cleaned_data["new"])

    def clean(self) -> None:
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new and again and new != again:
            self.add_error("again", "两次输入的新密码不一样，请再输一次。")

    def save(self) -> None:
        self.user.set_password(self.cleaned_data["new"])
        self.user.save(update_fields=["password"])


class ChangePasswordForm(NewPassword, OwnPasswordForm):
    field_order = ["password", "new", "again"]

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(request, data)
        self.user = cast(User, request.user)


class InvitedForm(NewPassword):
    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user
