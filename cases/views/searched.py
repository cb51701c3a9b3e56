"""What a reader's browser tells of a search, so that it is counted."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cases import searches
from cases.throttle import throttled

# A token has a few hundred characters; nothing longer is read, nor written into a file for the while.
MOST_BYTES = 4000


# It comes without cookies, so there is nothing that another site could make use of; the token is signed.
@csrf_exempt
@require_POST
@throttled("searched")
def searched(request: HttpRequest) -> HttpResponse:
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return HttpResponse(status=413)
    wishes = request.headers.get("DNT"), request.headers.get("Sec-GPC")
    known = "1" in wishes or searches.note(request.POST.get("token", "")[:500], request.POST.get("place", ""))
    response = HttpResponse(status=204 if known else 400)
    add_never_cache_headers(response)
    return response
