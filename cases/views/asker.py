"""Who asks for a file: told apart without knowing them."""

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from cases.throttle import address_of


def reads_pages(request: HttpRequest) -> bool:
    """Whether the answer is for a browser: programs, curl too, ask neither for HTML by its name nor by htmx."""
    return "HX-Request" in request.headers or any(
        accepted.sub_type in {"html", "xhtml+xml"} for accepted in request.accepted_types
    )


def asker_of(request: HttpRequest, by_session: bool = False) -> str:
    """Tell readers apart: users by themselves, others by their session where a file is theirs alone, else by address.

    Anybody may come with a new session for each request, but not so easily with a new address.
    """
    if request.user.is_authenticated:
        return _hidden(f"user {request.user.pk}")
    if by_session:
        if not request.session.session_key:
            request.session.create()
        return session_of(request)
    return _hidden(f"address {address_of(request)}")


def session_of(request: HttpRequest) -> str:
    """The name of this session among askers, empty without one."""
    key = request.session.session_key
    return _hidden(f"session {key}") if key else ""


def _hidden(who: str) -> str:
    return salted_hmac("cases.exports", who, algorithm="sha256").hexdigest()
