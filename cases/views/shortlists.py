"""A reader's several shortlists: making, choosing, copying, emptying and deleting them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST

from cases.collecting import Reader
from cases.models import Shortlist
from cases.models.shortlist import LONGEST_NAME
from cases.shortlist_edit import NameForm, lines_of
from cases.views.shortlist import own, show


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    making, reader = NameForm(request.POST), Reader(request)
    if making.is_valid():
        try:
            reader.new_list(making.cleaned_data["name"])
            return redirect("shortlists:page")
        except ValidationError as refused:
            if not request.user.is_authenticated:  # whose page has no field for the name of another
                messages.error(request, f"{refused.message}。")
                return redirect("shortlists:page")
            making.add_error("name", refused)
    return show(request, reader.current, making=making)


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    own(request, pk).choose()
    return redirect("shortlists:page")


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Make another list of the same cases with the same notes."""
    shortlist = own(request, pk)
    return copied(request, shortlist, f"{shortlist.name[: LONGEST_NAME - 3]} 副本", with_notes=True)


def copied(request: HttpRequest, shortlist: Shortlist, name: str, *, with_notes: bool) -> HttpResponse:
    """Copy what the reader may see of a list to a new one; without an account, to the end of the one there is."""
    lines, _ = lines_of(shortlist, request.user)
    notes = {line.case.pk: line.item.note for line in lines} if with_notes else {}
    reader = Reader(request)
    try:
        is_signed_in = request.user.is_authenticated
        target = reader.new_list(name) if is_signed_in or not reader.current else reader.current
    except ValidationError as refused:
        messages.error(request, f"没有复制：{refused.message}。")
        return redirect("shortlists:page")
    gathered = target.collect([line.case.pk for line in lines], notes)
    told = f"已把 {gathered.added} 个案例复制到“{target.name}”"
    told += f"，{gathered.present} 个原来就在清单里" if gathered.present else ""
    told += f"，{gathered.left_out} 个放不下，没有复制" if gathered.left_out else ""
    messages.success(request, f"{told}。")
    return redirect("shortlists:page")


@require_http_methods(["GET", "HEAD", "POST"])
def empty(request: HttpRequest, pk: int) -> HttpResponse:
    shortlist = own(request, pk)
    if request.method != "POST":
        return _asked(request, shortlist, "empty")
    shortlist.clear()
    messages.success(request, f"已清空“{shortlist.name}”。")
    return redirect("shortlists:page")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    shortlist = own(request, pk)
    if request.method != "POST":
        return _asked(request, shortlist, "delete")
    Reader(request).delete(shortlist)
    messages.success(request, f"已删除“{shortlist.name}”。")
    return redirect("shortlists:page")


def _asked(request: HttpRequest, shortlist: Shortlist, act: str) -> HttpResponse:
    """Ask once more before cases and notes are gone."""
    context = {"shortlist": shortlist, "act": act, "count": shortlist.items.visible_to(request.user).count()}
    response = render(request, "shortlists/confirm.html", context)
    add_never_cache_headers(response)
    return response
