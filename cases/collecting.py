"""Who is reading, and what this reader collected: a signed-in user, or a browser's session that has a list."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from cases.models import Case, Shortlist, ShortlistItem
from cases.models.shortlist import (
    DEFAULT_NAME,
    KEPT_FOR,
    MOST_ITEMS,
    MOST_LISTS,
    ONE_LIST,
    RANDOM,
    TOO_MANY_LISTS,
    Gathered,
    ShortlistQuerySet,
)

# What a session holds: the key of its list, and what was taken off a list last.
KEY, REMOVED = "shortlist", "shortlist_removed"


class Reader:
    """Reads nothing from the database, and no session, before it is asked something."""

    def __init__(self, request: HttpRequest) -> None:
        # A request that is refused early, for its host say, has neither.
        self.user: Any = getattr(request, "user", AnonymousUser())
        self.session: Any = getattr(request, "session", {})

    @property
    def key(self) -> str:
        return str(self.session.get(KEY, ""))

    @property
    def lists(self) -> ShortlistQuerySet:
        return Shortlist.objects.visible_to(self.user, self.key)

    @property
    def current(self) -> Shortlist | None:
        return self.lists.current().first()

    @cached_property
    def cases(self) -> frozenset[int]:
        """Primary keys of the cases on the current list that the reader may see; no query where there can be none."""
        if not self.user.is_authenticated and not self.key:
            return frozenset()
        return frozenset(
            Case.objects.visible_to(self.user).on_shortlist(self.lists.current()).values_list("pk", flat=True)
        )

    @property
    def most(self) -> int:
        return MOST_ITEMS

    @property
    def count(self) -> int:
        return len(self.cases)

    def current_or_new(self) -> Shortlist:
        """The list that is added to; it and the session begin with the first thing that is added."""
        if self.user.is_authenticated:
            return Shortlist.objects.get_or_create(owner=self.user, is_current=True)[0]
        if not self.key:
            self.session[KEY] = secrets.token_urlsafe(RANDOM)
        self.keep()
        return Shortlist.objects.get_or_create(owner=None, key=self.key)[0]

    def keep(self) -> None:
        """Let the session of a reader who is not signed in last as long as the list does; signing in ends that."""
        if not self.user.is_authenticated and self.key:
            self.session.set_expiry(int(KEPT_FOR.total_seconds()))

    def new_list(self, name: str = DEFAULT_NAME) -> Shortlist:
        """Make another list and add to that one from now on; raise ValidationError when there are too many."""
        if not self.user.is_authenticated:
            if self.current:
                raise ValidationError(ONE_LIST)
            shortlist = self.current_or_new()
            shortlist.rename(name)
            return shortlist
        with transaction.atomic():
            if Shortlist.objects.held(self.user).count() >= MOST_LISTS:
                raise ValidationError(TOO_MANY_LISTS)
            shortlist = Shortlist.objects.create(owner=self.user, name=name, is_current=False)
            shortlist.choose()
        return shortlist

    def delete(self, shortlist: Shortlist) -> None:
        """Remove a list; the one that was changed last is added to from now on."""
        with transaction.atomic():
            if self.user.is_authenticated:
                Shortlist.objects.held(self.user)
            shortlist.delete()
            if not self.current and (other := self.lists.first()):
                other.choose()
        if not self.user.is_authenticated:
            self.session.pop(KEY, None)

    def add(self, case: Case) -> Gathered:
        """Put a case on the current list: with its note where it was, if it was the last one taken off."""
        shortlist = self.current_or_new()
        removed = self.removed_from(shortlist)
        if removed and removed["case"] == case.pk:
            shortlist.put_back(removed["case"], removed["place"], removed["note"])
            self.forget_removed()
            return Gathered(1, 0, 0)
        return shortlist.collect([case.pk])

    def remove(self, shortlist: Shortlist, number: str) -> ShortlistItem | None:
        """Take a case off a list, published or not, and remember it until another one is taken off."""
        item = shortlist.drop(number)
        if item:
            self.session[REMOVED] = {
                "list": shortlist.pk,
                "case": item.case_id,
                "place": item.position,
                "note": item.note,
            }
            self.keep()
        return item

    def removed_from(self, shortlist: Shortlist) -> dict[str, Any] | None:
        removed = self.session.get(REMOVED)
        return removed if removed and removed["list"] == shortlist.pk else None

    def forget_removed(self) -> None:
        self.session.pop(REMOVED, None)


def collected(request: HttpRequest) -> dict[str, Any]:
    """Let every page know, as `collected`, what its reader has on the current list."""
    return {"collected": Reader(request)}


def way_back(request: HttpRequest, otherwise: str, *, fragment: str = "") -> str:
    """Return the address that a form wants to go back to, if it is one of this portal's."""
    asked = request.POST.get("back", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    address = asked if is_ours else otherwise
    return f"{address.partition('#')[0]}#{fragment}" if fragment else address
