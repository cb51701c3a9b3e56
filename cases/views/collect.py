"""Putting cases on the current shortlist and taking them off, from wherever they are shown."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.collecting import Reader, way_back
from cases.compare import NUMBER
from cases.filters import CaseFilter
from cases.models import Case
from cases.models.shortlist import FULL, MOST_ITEMS, Gathered


@require_POST
def collect(request: HttpRequest) -> HttpResponse:
    """`add` or `remove` is the number of a case; a case that was withdrawn can still be taken off."""
    reader, number = Reader(request), request.POST.get("remove") or request.POST.get("add", "")
    if not NUMBER.fullmatch(number):
        raise Http404
    if "remove" in request.POST:
        if shortlist := reader.current:
            reader.remove(shortlist, number)
    else:
        _add(request, reader, get_object_or_404(Case.objects.visible_to(request.user), number=number))
    return redirect(way_back(request, reverse("shortlists:page"), fragment=f"collect-{number}"))


def _add(request: HttpRequest, reader: Reader, case: Case) -> None:
    try:
        is_full = reader.add(case).left_out
    except ValidationError:
        is_full = 1
    if is_full:
        messages.error(request, f"没有加入“{case.title}”：{FULL}。")


@require_POST
def collect_found(request: HttpRequest) -> HttpResponse:
    """Put all cases that the address's query finds on the list, in the order of the page, as far as there is room."""
    browse = CaseFilter(request.GET, Case.objects.visible_to(request.user), request=request)
    if browse.errors_in_words:
        for fault in browse.errors_in_words:
            messages.error(request, f"没有加入清单：{fault}")
        return redirect("cases:list")
    found = list(browse.found.ids)
    gathered = Reader(request).current_or_new().collect(found) if found else Gathered(0, 0, 0)
    messages.success(request, _told(gathered))
    return redirect(way_back(request, reverse("shortlists:page")))


def _told(gathered: Gathered) -> str:
    parts = [f"已把 {gathered.added} 个案例加入清单" if gathered.added else "没有案例加入清单"]
    if gathered.present:
        parts.append(f"{gathered.present} 个原来就在清单里")
    if gathered.left_out:
        parts.append(f"{gathered.left_out} 个没有加入，因为一个清单最多放 {MOST_ITEMS} 个案例")
    return "，".join(parts) + "。"
