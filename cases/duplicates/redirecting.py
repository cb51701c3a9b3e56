"""Old addresses of records that went into another one lead to that.

For now, never for good: a merge can be undone, and what a browser once took for permanent it does not ask again. So
302, which nothing may keep. A redirect says that there is something, so it leads only to what this reader may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from cases.models import Case, Merge, Organisation
from cases.models.merge import CASE, ORGANISATION, MergeQuerySet
from cases.remits import is_curator

View = Callable[..., Any]
# What went into what went into another one, and so on: more steps than anybody makes.
LONGEST = 20


def kept_numbers(numbers: Iterable[str]) -> dict[str, str]:
    """Numbers of once public cases that went into others, each with that of the one that is left in the end."""
    return _followed(CASE, numbers, Merge.objects.standing().of_once_public())


def kept_key(model: type[models.Model], pk: int) -> int:
    """Primary key of the record that one went into in the end, or its own."""
    kind = model._meta.label_lower
    for _ in range(LONGEST):
        step = Merge.objects.standing().of(kind, pk).values_list("kept_id", flat=True).first()
        if step is None:
            break
        pk = step
    return pk


def _followed(kind: str, keys: Iterable[str], merges: MergeQuerySet) -> dict[str, str]:
    end = {key: key for key in keys}
    for _ in range(LONGEST):
        made = merges.filter(kind=kind, gone_key__in=set(end.values()))
        steps = dict(made.values_list("gone_key", "kept_key"))
        if not steps:
            break
        end = {key: steps.get(last, last) for key, last in end.items()}
    return {key: last for key, last in end.items() if key != last}


def follows_merged_case(*, preview: bool = False, user: Any = ...) -> Callable[[View], View]:
    """Have a view of one case, named by its number, lead on where that went into another one.

    `preview` as the view itself has it; `user` for views that answer everybody alike.
    """

    def seen(request: HttpRequest, key: str) -> bool:
        who = request.user if user is ... else user
        return Case.objects.visible_to(who, preview=preview).filter(number=key).exists()

    return _follows("number", CASE, seen, whatever_it_was=preview)


def follows_merged_organisation(*, user: Any = ...) -> Callable[[View], View]:
    def seen(request: HttpRequest, key: str) -> bool:
        who = request.user if user is ... else user
        return Organisation.objects.visible_to(who).filter(pk=key).exists()

    return _follows("pk", ORGANISATION, seen)


def _follows(
    name: str, kind: str, seen: Callable[[HttpRequest, str], bool], *, whatever_it_was: bool = False
) -> Callable[[View], View]:
    def following(view: View) -> View:
        @wraps(view)
        def answer(request: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return view(request, *args, **kwargs)
            except Http404:
                asked = str(kwargs[name])
                merges = Merge.objects.standing()
                # That there was a draft of this number is for curators to know.
                if not (whatever_it_was and is_curator(request.user)):
                    merges = merges.of_once_public()
                key = _followed(kind, [asked], merges).get(asked)
                if key is None or not seen(request, key):
                    raise
                return _lead_to(request, kwargs | {name: key})

        return answer

    return following


def _lead_to(request: Any, kwargs: dict[str, Any]) -> HttpResponse:
    address = reverse(request.resolver_match.view_name, kwargs=kwargs)
    query = urlencode([(name, value) for name, values in request.GET.lists() for value in values])
    response = HttpResponseRedirect(f"{address}?{query}" if query else address)
    add_never_cache_headers(response)
    return response
