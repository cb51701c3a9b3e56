"""What a reader collected before signing in goes along."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest

from cases.collecting import KEY, Reader
from cases.models import Shortlist, ShortlistItem
from cases.models.shortlist import LONGEST_NOTE, MOST_ITEMS

BEFORE = "登录前的清单"


def bring_along(request: HttpRequest) -> None:
    """Give the list of the session to the user who has just signed in; called when signing in has succeeded."""
    key = request.session.get(KEY)
    if key is None or not request.user.is_authenticated:
        return
    with transaction.atomic():
        Shortlist.objects.held(request.user)
        brought = Shortlist.objects.select_for_update().filter(owner=None, key=key).first()
        target = _merged(brought, Reader(request)) if brought else None
    del request.session[KEY]
    request.session.set_expiry(None)  # a list may wait for months, a signed-in user may not
    if target:
        messages.success(request, f"登录前收集的案例已放进您的清单“{target.name}”。")


def _merged(brought: Shortlist, reader: Reader) -> Shortlist | None:
    """Return the list on which what was brought stands now; None when nothing was on it.

    It goes into the current list if that is empty or has no name of its own. What does not fit there, and a list that
    was shared, whose link must show no more than before, stays a list by itself.
    """
    items = list(brought.items.all())
    if not items:
        brought.delete()
        return None
    current = reader.current
    if current is None:
        return _handed_over(brought, reader, brought.name)
    is_open = current.is_as_made or not current.items.exists()
    if is_open and not brought.share_token:
        _take_in(current, items)
        if not brought.items.exists():
            brought.delete()
            return current
    return _handed_over(brought, reader, BEFORE if brought.is_as_made else brought.name)


def _take_in(current: Shortlist, brought: list[ShortlistItem]) -> None:
    """Move items to the end of the current list, in their order; what is on both lists keeps both notes."""
    present = current.locked_items()
    by_case = {item.case_id: item for item in present}
    last = max((item.position for item in present), default=0)
    room = MOST_ITEMS - len(present)
    for item in brought:
        if (same := by_case.get(item.case_id)) is not None:
            note = "\n".join(dict.fromkeys(filter(None, [same.note, item.note])))
            if len(note) <= LONGEST_NOTE:
                ShortlistItem.objects.filter(pk=same.pk).update(note=note)
                item.delete()
        elif room > 0:
            room, last = room - 1, last + 1
            ShortlistItem.objects.filter(pk=item.pk).update(shortlist=current, position=last)
    current.touch()


def _handed_over(brought: Shortlist, reader: Reader, name: str) -> Shortlist:
    """Make the session's list the user's, past any limit of lists, so that nothing is lost; it is added to next."""
    brought.owner, brought.key, brought.is_current, brought.name = reader.user, None, False, name
    brought.save()
    brought.choose()
    return brought
