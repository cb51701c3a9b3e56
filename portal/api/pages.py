"""Other forms than JSON: the description as YAML, and the first address as a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from rest_framework.renderers import BaseRenderer

from portal.api.guide import guide


class OpenApiJSON(OpenApiJsonRenderer2):
    format = "json"


class OpenApiYAML(OpenApiYamlRenderer2):
    format = "yaml"


class Page(BaseRenderer):
    """The first page, for those who come with a browser."""

    media_type = "text/html"
    format = "html"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> str:
        request: HttpRequest = renderer_context["request"]._request
        if "error" in data:
            return render_to_string("api/refused.html", {"error": data["error"]}, request)
        return render_to_string("api/index.html", {"guide": guide(request.build_absolute_uri), "index": data}, request)
