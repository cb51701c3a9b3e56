"""The page of the current shortlist, what is changed on it, and its files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from cases.collecting import Reader
from cases.exports.forms import FORMS
from cases.models import Case, Shortlist
from cases.models.shortlist import KEPT_FOR, LONGEST_NAME, LONGEST_NOTE
from cases.shortlist_edit import NameForm, ShortlistEdit
from cases.views.export import answer


def own(request: HttpRequest, pk: int) -> Shortlist:
    """The reader's list of this primary key; another reader's is as good as none."""
    reader = Reader(request)
    if request.method == "POST":
        reader.keep()
    return get_object_or_404(reader.lists, pk=pk)


def show(request: HttpRequest, shortlist: Shortlist | None, **changed: Any) -> HttpResponse:
    """Show a list, with what was typed and refused in place of what is stored."""
    reader = Reader(request)
    context = {
        "shortlist": shortlist,
        "edit": ShortlistEdit(shortlist, request.user) if shortlist and "edit" not in changed else None,
        "lists": reader.lists.with_case_counts(request.user) if request.user.is_authenticated else [],
        "removed": _just_removed(request, reader, shortlist),
        "address": request.build_absolute_uri(shortlist.get_shared_url())
        if shortlist and shortlist.share_token
        else "",
        "forms": FORMS.values(),
        "days_kept": KEPT_FOR.days,
        "longest_name": LONGEST_NAME,
        "longest_note": LONGEST_NOTE,
        **changed,
    }
    response = render(request, "shortlists/page.html", context)
    add_never_cache_headers(response)
    return response


def _just_removed(request: HttpRequest, reader: Reader, shortlist: Shortlist | None) -> Case | None:
    """The case that was taken off last, where the address says that this has just been done."""
    removed = reader.removed_from(shortlist) if shortlist and "removed" in request.GET else None
    return Case.objects.visible_to(request.user).filter(pk=removed["case"]).first() if removed else None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return show(request, Reader(request).current)


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    response = answer(request, "shortlist", form, Reader(request).key)
    add_never_cache_headers(response)
    return response


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Store notes and order; `up`, `down` and `remove` name an item that is moved or taken off besides."""
    shortlist = own(request, pk)
    edit = ShortlistEdit(shortlist, request.user, request.POST)
    edit.moved(request.POST.get("up", ""), -1)
    edit.moved(request.POST.get("down", ""), 1)
    for note in edit.lost:
        messages.warning(request, f"有一个案例已在别处移出清单，写给它的备注没有保存：“{note}”")
    if not edit.save():
        return show(request, shortlist, edit=edit)
    if "remove" in request.POST:
        return _remove(request, shortlist, edit)
    if "save" in request.POST:
        messages.success(request, "备注和次序已保存。")
    moved = request.POST.get("up") or request.POST.get("down")
    return redirect(reverse("shortlists:page") + (f"#item-{moved}" if moved else ""))


def _remove(request: HttpRequest, shortlist: Shortlist, edit: ShortlistEdit) -> HttpResponse:
    line = next((line for line in edit.lines if str(line.item.pk) == request.POST["remove"]), None)
    if line:
        Reader(request).remove(shortlist, line.case.number)
    return redirect(f"{reverse('shortlists:page')}?removed={line.case.number}" if line else "shortlists:page")


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put back what was taken off last."""
    shortlist, reader = own(request, pk), Reader(request)
    if removed := reader.removed_from(shortlist):
        try:
            shortlist.put_back(removed["case"], removed["place"], removed["note"])
            reader.forget_removed()
        except ValidationError as refused:
            messages.error(request, f"没有放回：{refused.message}。")
    return redirect("shortlists:page")


@require_POST
def forget_withdrawn(request: HttpRequest, pk: int) -> HttpResponse:
    """Take off what the reader may no longer see."""
    shortlist = own(request, pk)
    shortlist.items.withdrawn_from(request.user).delete()
    shortlist.touch()
    return redirect("shortlists:page")


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    shortlist = own(request, pk)
    naming = NameForm(request.POST)
    if not naming.is_valid():
        return show(request, shortlist, naming=naming)
    shortlist.rename(naming.cleaned_data["name"])
    return redirect("shortlists:page")
