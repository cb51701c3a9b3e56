"""Refuse what no database takes."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


def refuse_null_characters(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 400 to an admin address with a NUL: the admin's own filters hand it to PostgreSQL, which breaks off.

    Public addresses are checked by their forms, which say what is wrong.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/admin/") and any("\0" in v for _, vs in request.GET.lists() for v in vs):
            raise BadRequest("null character")
        return get_response(request)

    return middleware
