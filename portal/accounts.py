"""Signing in and out: readers and curators use the same accounts, by two doors."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from cases.shortlist_merging import bring_along


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "用户名或密码不对。请核对后再输入一次，注意区分大小写；忘记密码请联系管理员重设。",
        "inactive": "这个账号已经停用，请联系管理员。",
    }


class SignIn(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post"]

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        bring_along(self.request)
        return response


def admin_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The admin's own form, after which what was collected before goes along as it does at the readers' door."""
    response = admin.site.login(request)
    if request.method == "POST":
        bring_along(request)
    return response
