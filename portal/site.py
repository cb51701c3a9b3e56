"""What every page says of the portal itself."""

from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `site`: its owner, ICP number and contact, empty where not set, and its address without a path."""
    try:
        address = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:  # the page that refuses the request has a foot, too
        address = ""
    return {"site": {**settings.SITE, "address": address}}
