"""The form that answers take, and how a request asks for another."""

from __future__ import annotations

from typing import Any

from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer

from portal.api.errors import Refused

FORMATS = ("json", "yaml")


class JSON(JSONRenderer):
    """JSON with Chinese as it is; a request cannot ask for indentation."""

    def get_indent(self, accepted_media_type: Any, renderer_context: Any) -> int | None:
        return None


class ByFormat(DefaultContentNegotiation):
    """Lets `format` in the address stand above the Accept header, which a link cannot set."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        if (asked := request.query_params.get("format")) is None:
            return super().select_renderer(request, renderers, format_suffix)
        chosen = next((renderer for renderer in renderers if renderer.format == asked), None)
        if chosen is None:
            raise Refused({"format": [f"只有 {'、'.join(FORMATS)} 两种"]})
        return chosen, chosen.media_type


class Methods(BaseMetadata):
    """OPTIONS tells the methods, and has nothing to add."""

    def determine_metadata(self, request: Any, view: Any) -> dict[str, Any]:
        return {"methods": sorted(view.allowed_methods)}
