"""A shortlist under a link that anyone may read who has it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from cases.exports.forms import FORMS
from cases.models import Shortlist
from cases.shortlist_edit import lines_of
from cases.views.export import answer
from cases.views.shortlist import own
from cases.views.shortlists import copied


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    own(request, pk).share(with_notes="notes" in request.POST)
    return redirect(f"{reverse('shortlists:page')}#share")


@require_POST
def unshare(request: HttpRequest, pk: int) -> HttpResponse:
    own(request, pk).unshare()
    messages.success(request, "已停止分享，原来的链接已经失效。")
    return redirect("shortlists:page")


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    shortlist = Shortlist.objects.shared_as(token).first()
    if shortlist is None:
        response = render(request, "shortlists/gone.html", status=404)
        add_never_cache_headers(response)
        return response
    lines, withdrawn = lines_of(shortlist, request.user)
    context = {"shortlist": shortlist, "lines": lines, "withdrawn": withdrawn, "forms": FORMS.values()}
    response = render(request, "shortlists/shared.html", context)
    response["X-Robots-Tag"] = "noindex"
    add_never_cache_headers(response)
    return response


@require_safe
def shared_export(request: HttpRequest, token: str, form: str) -> HttpResponse:
    response = answer(request, "shared-shortlist", form, token)
    response["X-Robots-Tag"] = "noindex"
    add_never_cache_headers(response)
    return response


@require_POST
def take_over(request: HttpRequest, token: str) -> HttpResponse:
    """Copy a shared list to a list of the reader's own."""
    shortlist = get_object_or_404(Shortlist.objects.shared_as(token))
    return copied(request, shortlist, shortlist.name, with_notes=shortlist.shares_notes)
