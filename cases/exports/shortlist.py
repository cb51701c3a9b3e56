"""What a shortlist gives to every export: its cases in its order, and what the reader noted."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse

from cases.exports.asked import Asked
from cases.exports.case import CASES, COLUMNS
from cases.exports.description import Column, Export, Part, Told, now
from cases.models import Case, Shortlist
from cases.models.shortlist import ShortlistQuerySet

# Right after number and title: it is what a meeting asks first.
NOTE_PLACE = 2


def shortlist_export(asked: Asked) -> Export[Case]:
    """Describe the file of a reader's own current list, with the notes; `key` is that of a session, if it is one's."""
    return _described(asked, Shortlist.objects.visible_to(asked.user, asked.key).current(), reverse("shortlists:page"))


def shared_shortlist_export(asked: Asked) -> Export[Case]:
    """Describe the file of the list that the link with this token leads to, with notes if its owner shares them."""
    page = reverse("shortlists:shared", args=[asked.key])
    return _described(asked, Shortlist.objects.shared_as(asked.key), page, is_shared=True)


def _described(asked: Asked, lists: ShortlistQuerySet, page: str, *, is_shared: bool = False) -> Export[Case]:
    shortlist = lists.first() or Shortlist()
    if is_shared and not shortlist.pk:
        raise Http404
    items = list(shortlist.items.all()) if shortlist.pk else []
    cases = Case.objects.visible_to(asked.user).for_page().in_bulk([item.case_id for item in items])
    notes = {item.case_id: item.note for item in items}
    columns, told = [*COLUMNS], Told()
    if shortlist.shares_notes or not is_shared:
        columns.insert(NOTE_PLACE, Column("note", "备注", 40, lambda case, absolute: notes[case.pk], Part.TEXT))
    return Export(
        title=shortlist.name,
        stem="shortlist",
        subject=CASES,
        rows=told.noting(cases[item.case_id] for item in items if item.case_id in cases),
        count=len(cases),
        absolute=asked.absolute,
        columns=asked.columns(columns, page),
        notes=_about(shortlist, asked, len(cases), page if is_shared else ""),
        head={"title": shortlist.name},
        told=told,
    )


def _about(shortlist: Shortlist, asked: Asked, count: int, page: str) -> list[tuple[str, Any]]:
    where = [("网址", asked.page(page))] if page else []  # one's own list opens for nobody else
    return [("清单", shortlist.name), ("案例数", count), ("导出时间", now()), *where, *asked.licence]
