"""Cases side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.compare import Comparison
from cases.models import Case


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    comparison = Comparison(request.GET, Case.objects.visible_to(request.user), request.user)
    return render(request, "cases/compare.html", {"comparison": comparison})
