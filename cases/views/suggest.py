"""Suggestions while a reader types."""

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.suggestions import suggestions


@never_cache
@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    typed = request.GET.get("q", "")
    found = [asdict(suggestion) for suggestion in suggestions(typed, request.user)]
    return JsonResponse({"query": typed, "suggestions": found}, json_dumps_params={"ensure_ascii": False})
