"""The API's share of the portal's limits (`cases.throttle`)."""

from typing import Any

from rest_framework.throttling import BaseThrottle

from cases.throttle import wait_of


class ByAddress(BaseThrottle):
    """So many requests from one address, whatever they ask for."""

    seconds = 0

    def allow_request(self, request: Any, view: Any) -> bool:
        self.seconds = wait_of("api", request)
        return not self.seconds

    def wait(self) -> float | None:
        return self.seconds or None
