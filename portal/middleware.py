"""Refuse what no database takes; let the audit and other sites know; tell who has an answer that it stands."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from cases import audit, search
from cases.edition import Edition
from cases.uploads import CONTENT_TYPES
from portal.release import released_at

TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w+')
# When a file was made, in those whose bytes have no other place for it.
MADE_AT = re.compile(rb'(?<="exported_at": ")[0-9T:+-]+(?=")')
# The admin's pages are for one person and one moment; whoever asks for the health wants to know it now.
DESK_METHODS = ("GET", "HEAD", "POST")
LEFT_ALONE = ("/admin/", "/healthz")
# The time at which they were made is in their bytes.
NEVER_THE_SAME = frozenset({CONTENT_TYPES["docx"], CONTENT_TYPES["pdf"], CONTENT_TYPES["xlsx"]})
# What began to be written before this time is finished by now: nothing waits between its last write and its commit.
UNDER_WAY = timedelta(seconds=5)


def keep_the_desk_strict(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 405 to methods that the admin would take for GET, and 400 to an address with a NUL.

    The admin's own filters hand that to PostgreSQL, which breaks off.

    Public addresses are checked by their forms, which say what is wrong.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/admin/") and request.method not in DESK_METHODS:
            return HttpResponseNotAllowed(DESK_METHODS)
        if request.path.startswith("/admin/") and any("\0" in v for _, vs in request.GET.lists() for v in vs):
            raise BadRequest("null character")
        return get_response(request)

    return middleware


def remember_for_the_audit(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let entries of the audit tell who asked and from where, wherever on the way they are written."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with audit.during(request):
            return get_response(request)

    return middleware


def let_other_sites_read_the_api(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Allow scripts of any site to read every answer under /api/, errors too: nobody is signed in there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/api/"):
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "Retry-After"
        return response

    return middleware


def conditional_get(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer 304 to whoever has the page already: as `ETag` says, or for readers without cookies `Last-Modified`.

    Every answer is made whole before it is compared. Its tag is a hash of what it says, and right whatever that
    depends on. What differs at every look is left out, the CSRF tokens; whose they are is not: a kept page whose
    cookie was replaced could send its form no more.

    The date is read before the page is made, of the library, the index and the program: what changes after it is dated
    later. Dates have no smaller parts than seconds, so as long as something else may happen in the second of the last
    change, that second is told, and asking with it is answered in full; later the next one, at which all was over. It
    is not told to readers with cookies, who may see what changes with nothing of this: their name, their choice.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or request.path_info.startswith(LEFT_ALONE):
            return get_response(request)
        changed_at = None if set(request.COOKIES) - {settings.CSRF_COOKIE_NAME} else last_changed_at()
        response = get_response(request)
        if not isinstance(response, HttpResponse) or response.status_code != 200:
            return response
        if "no-store" in response.get("Cache-Control", ""):
            return response
        is_personal = bool(request.COOKIES or response.cookies)
        response.headers.setdefault("Cache-Control", "private, no-cache" if is_personal else "no-cache")
        if response.get("Content-Type", "").partition(";")[0] in NEVER_THE_SAME:
            return response
        return _compared(request, response, changed_at)

    return middleware


def _compared(request: HttpRequest, response: HttpResponse, changed_at: datetime | None) -> HttpResponseBase:
    # GZipMiddleware adds it to answers of some length, but not to the 304 that stands for one.
    patch_vary_headers(response, ["Accept-Encoding"])
    response.headers.setdefault("ETag", tag(request, response.content))
    over = None
    if changed_at and _is_same_for_all(request, response):
        over = second_after(changed_at)
        response["Last-Modified"] = http_date((over or changed_at).timestamp())
    modified = int(over.timestamp()) if over else None
    return get_conditional_response(request, response["ETag"], modified, response) or response


def _is_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether nothing in an answer is for the bearer of a cookie: not the cookie itself, nor a form sent with it."""
    if set(response.cookies) - {settings.CSRF_COOKIE_NAME}:
        return False
    return settings.CSRF_COOKIE_NAME not in request.COOKIES or not TOKEN.search(response.content)


def tag(request: HttpRequest, content: bytes) -> str:
    """Return the weak entity tag of an answer: a hash of all but the CSRF tokens, and of the cookie these belong to.

    The cookie is the one that came with the request: one without gets another with every answer. Nor is it another
    file that was made later and says the same.
    """
    said, tokens = TOKEN.subn(b"", MADE_AT.sub(b"", content))
    bearer = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "") if tokens else ""
    return f'W/"{blake2b(said, key=blake2b(bearer.encode()).digest(), digest_size=16).hexdigest()}"'


def last_changed_at() -> datetime | None:
    """Return the last moment at which anything changed that pages are made of; None when that is unknown."""
    library = Edition.current().changed_at
    return library and max(library, search.written_at() or library, released_at(), day_began())


def day_began() -> datetime:
    """Return the last midnight: references on pages tell on which day they were read."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def second_after(moment: datetime) -> datetime | None:
    """Return the first whole second after a change; None as long as another change could still be dated before it."""
    over = moment.replace(microsecond=0) + timedelta(seconds=1)
    return over if datetime.now(UTC) >= moment + UNDER_WAY else None
