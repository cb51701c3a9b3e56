"""What is wrong, in one shape: `{"error": {"code", "message", "fields"}}`, whatever went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

MESSAGES = {
    400: ("bad_request", "服务器看不懂这个请求，请检查地址。"),
    403: ("forbidden", "没有权限。"),
    404: ("not_found", "没有这项内容：地址可能有误，或者内容已经撤下。"),
    405: ("method_not_allowed", "接口只供读取，请用 GET。"),
    406: ("not_acceptable", "没有这种格式：接口只给 JSON，请求头 Accept 请写 application/json。"),
    429: ("throttled", "请求过于频繁，请稍后再试。"),
    500: ("server_error", "系统出了问题，已经记录下来。请稍后再试；如果一直这样，请告知管理员出错的时间和网址。"),
}

Fields = Mapping[str, Sequence[str]]


class Refused(exceptions.APIException):
    """A request whose parameters are wrong: what is wrong with each, in Chinese."""

    status_code = 400

    def __init__(self, fields: Fields) -> None:
        super().__init__("invalid")
        self.fields = fields


class NotThere(exceptions.APIException):
    """What was asked for does not exist; says what there is."""

    status_code = 404

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def body(status: int, message: str = "", fields: Fields | None = None) -> dict[str, Any]:
    code, usual = MESSAGES.get(status, MESSAGES[400 if status < 500 else 500])
    return {"error": {"code": code, "message": message or usual, "fields": dict(fields or {})}}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Make the answer of an error; one that nobody expected goes on to Django, which records it."""
    if isinstance(error, Http404):
        return Response(body(404), status=404)
    if isinstance(error, PermissionDenied):
        return Response(body(403), status=403)
    if isinstance(error, Refused):
        wrong = "；".join(f"{name}：{message}" for name, messages in error.fields.items() for message in messages)
        return Response(body(400, f"条件有误，没有返回任何内容。{wrong}", error.fields), status=400)
    if isinstance(error, NotThere):
        return Response(body(404, error.message), status=404)
    if isinstance(error, exceptions.Throttled):
        wait = max(1, int(getattr(error, "wait", None) or 1))
        message = f"请求过于频繁，请在 {wait} 秒后再试。需要大量案例时，请一次下载全部资料。"
        return Response(body(429, message), status=429, headers={"Retry-After": str(wait)})
    if isinstance(error, exceptions.APIException):
        return Response(body(error.status_code), status=error.status_code)
    return None


def failed(status: int) -> HttpResponse:
    """Answer what did not come as far as a view of the API, or broke in it."""
    return JsonResponse(body(status), status=status, json_dumps_params={"ensure_ascii": False})
