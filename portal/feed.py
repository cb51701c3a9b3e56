"""The cases published last, of all or of any query, as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from cases.exports.description import cleaned
from cases.filters import CaseFilter
from cases.models import Case

NEWEST = 30
# When a feed without cases changed last: it never has.
NEVER = datetime(2020, 1, 1, tzinfo=UTC)


class CaseFeed(Atom1Feed):
    """Atom with plain text for summaries, and an author for each lead body."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=NEVER)

    def add_item_elements(self, handler: Any, item: Any) -> None:
        super().add_item_elements(handler, item)
        for name in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")
        handler.addQuickElement("summary", item["summary"], {"type": "text"})


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Answer with what `/cases/` finds for these parameters, by the day of publication whatever its order."""
    browse = CaseFilter(request.GET, Case.objects.visible_to(None), request=None)
    if browse.errors_in_words:
        context = {"title": "无法订阅", "faults": browse.errors_in_words, "reset": reverse("cases:list")}
        return render(request, "cases/refused.html", context, status=400)
    written = _feed_of(browse, request)
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    written.write(response, "utf-8")
    return response


def _feed_of(browse: CaseFilter, request: HttpRequest) -> CaseFeed:
    absolute = request.build_absolute_uri
    query = browse.address.replaced(sort=[], more=[])
    page, own = reverse("cases:list"), reverse("feed")
    made = CaseFeed(
        title=cleaned(feed_title(browse)),
        link=absolute(f"{page}?{query}" if query else page),
        description=None,
        language="zh-Hans",
        subtitle="最近发布的案例",
        feed_url=absolute(f"{own}?{query}" if query else own),
        feed_guid=_tag(request, f"{own}?{query}" if query else own),
        feed_copyright=settings.SITE["licence"],
    )
    for case in browse.latest(NEWEST):
        path = case.get_absolute_url()
        _add(made, case, absolute(path), _tag(request, path))
    return made


def _tag(request: HttpRequest, specific: str) -> str:
    """Name something for ever, under our own host (RFC 4151)."""
    return f"tag:{split_domain_port(request.get_host())[0]},{NEVER:%Y}:{specific}"


def feed_title(browse: CaseFilter) -> str:
    """What the feed is of: the words and everything else that was chosen."""
    wanted = "，".join(chip.label for chip in browse.chips)
    name = settings.SITE["name"]
    return f"{wanted} - {name}" if wanted else name


def _add(made: CaseFeed, case: Case, address: str, tag: str) -> None:
    filed: Iterable[Any] = filter(None, (case.sector, *case.themes.all()))
    published = case.published_at
    made.add_item(
        title=cleaned(case.title),
        link=address,
        description=None,  # type: ignore[arg-type]  # a summary of plain text stands in its place
        unique_id=tag,
        pubdate=published,
        updateddate=max(filter(None, (published, case.updated_at))),
        categories=[cleaned(str(word)) for word in filed],
        authors=[cleaned(body.name) for body in case.leads] or [settings.SITE["name"]],
        summary=cleaned(case.summary),
    )
