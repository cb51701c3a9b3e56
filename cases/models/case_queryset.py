"""Many cases: what lists, filters and pages ask for, in the library's words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from cases.models.award import AwardEntry, AwardList
from cases.models.credit import Credit
from cases.models.figure import Figure
from cases.models.rich_text import RichTextQuerySet
from cases.models.source import Citation
from cases.models.status import StatusChange
from cases.models.vocabulary import Sector, Theme
from cases.remits import entered_near, is_curator, remit_of
from districts.models import District

if TYPE_CHECKING:
    from cases.models.case import Case
    from cases.models.organisation import Organisation
    from cases.models.shortlist import Shortlist


# Up to so many ids are looked up one by one; more take longer than reading all from an index.
FEW = 1000


class AmongIds(RawSQL):
    """A list of ids as one JSON parameter: thousands of placeholders take longer to write than to look up."""

    def __init__(self, ids: Sequence[int]) -> None:
        sql = {
            "sqlite": "SELECT value FROM json_each(%s)",
            "postgresql": "SELECT value::bigint FROM json_array_elements_text(%s::json)",
        }[connection.vendor]
        super().__init__(sql, [json.dumps(list(ids))])


class Column(models.Aggregate):
    """All values of a column as one list, which arrives several times sooner than as many rows."""

    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON_GROUP_ARRAY(%(expressions)s)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        written = "ARRAY_TO_JSON(ARRAY_AGG(%(expressions)s))::text"
        return self.as_sql(compiler, connection, template=written, **context)

    def convert_value(self, value: str | None, expression: Any, connection: Any) -> list[Any]:
        return json.loads(value) if value else []


def columns(rows: models.QuerySet[Any], *names: str) -> list[list[Any]]:
    """Return whole columns of these rows, in no order but the same for all; one query."""
    read = rows.order_by().aggregate(**{f"column_{number}": Column(name) for number, name in enumerate(names)})
    return [values or [] for values in read.values()]


class CaseQuerySet(RichTextQuerySet["Case"]):
    def published(self) -> Self:
        return self.filter(status=self.model.Status.PUBLISHED)

    def visible_to(self, user: Any, *, preview: bool = False) -> Self:
        """Cases that the reader may see: published ones, for curators too, whose lists and exports match the readers'.

        With `preview`, used where the address names one case and in choosers, curators also see what they may open in
        the admin.
        """
        if preview and is_curator(user):
            return self.filter(models.Q(status=self.model.Status.PUBLISHED) | _curated(user))
        return self.published()

    def curated_by(self, user: Any) -> Self:
        """Cases that the admin shows to a curator, in any state: of their districts, or entered there without one."""
        return self.filter(_curated(user)) if is_curator(user) else self.none()

    def editable_by(self, user: Any) -> Self:
        """Cases whose text a curator may change as they stand: drafts, or all with the right to publish."""
        if not (is_curator(user) and user.has_perm("cases.change_case")):
            return self.none()
        cases = self.curated_by(user)
        return cases if user.has_perm("cases.publish_case") else cases.filter(status=self.model.Status.DRAFT)

    def drafts(self) -> Self:
        return self.filter(status=self.model.Status.DRAFT)

    def in_review(self) -> Self:
        return self.filter(status=self.model.Status.REVIEW)

    def in_use(self) -> Self:
        """All but those that were withdrawn."""
        return self.exclude(status=self.model.Status.WITHDRAWN)

    def entered_by(self, user: Any) -> Self:
        """Cases that somebody entered or handed in."""
        handed_in = StatusChange.objects.filter(by=user.pk, move="submit")
        return self.filter(models.Q(created_by=user.pk) | models.Q(pk__in=handed_in.values("case")))

    def returned(self) -> Self:
        """Drafts that came back from checking and were not handed in again."""
        return self.drafts().filter(pk__in=self._last_moved("send_back"))

    def not_returned(self) -> Self:
        return self.exclude(pk__in=self._last_moved("send_back"))

    def _last_moved(self, move: str) -> Any:
        changes = StatusChange.objects
        later = changes.filter(case=models.OuterRef("case"), pk__gt=models.OuterRef("pk"))
        return changes.filter(~models.Exists(later), move=move).values("case")

    def scheduled(self) -> Self:
        return self.filter(publish_at__isnull=False)

    def unscheduled(self) -> Self:
        return self.filter(publish_at__isnull=True)

    def due(self) -> Self:
        """Cases to be published now, or at a time that was missed."""
        return self.in_review().filter(publish_at__lte=timezone.now())

    def without_source(self) -> Self:
        return self.filter(~models.Exists(Citation.objects.filter(case=models.OuterRef("pk"))))

    def without_figures(self) -> Self:
        return self.filter(~models.Exists(Figure.objects.filter(case=models.OuterRef("pk"))))

    def untouched_since(self, moment: datetime) -> Self:
        return self.filter(updated_at__lt=moment)

    def within(self, district: District) -> Self:
        """Cases of a district and everything below it."""
        return self.filter(district.subtree("district__code"))

    def in_sectors(self, sectors: Iterable[Sector]) -> Self:
        return self.filter(sector__in=sectors)

    def about(self, themes: Iterable[Theme]) -> Self:
        """Cases about any of these themes, each once."""
        tagged = self.model.themes.through.objects.filter(theme__in=themes)
        return self.filter(pk__in=tagged.values("case"))

    def numbered(self, numbers: Iterable[str]) -> Self:
        return self.filter(number__in=list(numbers))

    def of_kinds(self, kinds: Iterable[str]) -> Self:
        return self.filter(kind__in=kinds)

    def of_years(self, years: Iterable[int]) -> Self:
        return self.filter(year__in=years)

    def among(self, ids: Sequence[int]) -> Self:
        """Cases with these primary keys; one parameter however many there are."""
        return self.filter(pk__in=AmongIds(ids))

    def few_among(self, ids: Sequence[int]) -> Self:
        """Cases with these primary keys if they are few, otherwise all cases: for callers that keep what they want."""
        return self.among(ids) if len(ids) <= FEW else self.all()

    def on_list(self, award_list: AwardList) -> Self:
        return self.filter(pk__in=award_list.entries.exclude(case=None).values("case"))

    def on_shortlist(self, shortlists: models.QuerySet[Shortlist]) -> Self:
        """Cases on any of these lists, which have to be the reader's own, or shared."""
        return self.filter(pk__in=shortlists.order_by().values("items__case"))

    def with_award_levels(self, levels: Iterable[str]) -> Self:
        """Cases on a published list of any of these levels."""
        entries = AwardEntry.objects.visible_to(None).filter(award_list__level__in=levels)
        return self.filter(pk__in=entries.exclude(case=None).values("case"))

    def of(self, organisation: Organisation) -> Self:
        """Cases in which the organisation has any part."""
        return self.filter(pk__in=Credit.objects.filter(organisation=organisation).values("case"))

    def with_part_of(self, organisation: Organisation) -> Self:
        """Annotate `part`, the place of the organisation's foremost role in each case among all roles."""
        own: Any = Credit.objects.filter(case=models.OuterRef("pk"), organisation=organisation).foremost_first()
        return self.annotate(part=models.Subquery(own.values("part")[:1]))

    def by_part_of(self, organisation: Organisation) -> Self:
        """Those that the organisation leads first, newest first in each part; its credits are in `own_credits`."""
        own = models.Prefetch(
            "credits", Credit.objects.filter(organisation=organisation).foremost_first(), to_attr="own_credits"
        )
        newest = self.with_part_of(organisation).order_by("part", "-year", "-published_at", "number")
        return newest.prefetch_related(own)

    def count_by_part(self, organisation: Organisation) -> list[tuple[str, int]]:
        """Pairs of the organisation's foremost role and the number of cases in which it has it, foremost first."""
        counts = self.with_part_of(organisation).order_by("part").values_list("part").annotate(models.Count("pk"))  # type: ignore[misc]
        return [(str(list(Credit.Role)[part].label), number) for part, number in counts]

    def in_brief(self) -> Self:
        """Leave behind the long texts and what is stored after them, for lists that show at most the summary."""
        return self.defer(
            "background",
            "approach",
            "results",
            "lessons",
            *self.model.PLAIN[1:],
            "version",
            "created_at",
            "created_by",
            "updated_at",
            "published_at",
        )

    def for_links(self) -> Self:
        """Load what a link to a case shows beside other things: number and title, place, field and year."""
        shown = ("number", "title", "year", "district__full_name", "sector__name")
        return self.select_related("district", "sector").only(*shown)

    def near(self, case: Case, count: int, *, without: Iterable[int]) -> list[Any]:
        """Up to `count` other cases of the same district and, where they are too few, of the same sector."""
        others = self.exclude(pk__in=[case.pk, *without]).order_by("-year", "number")
        same_district = list(others.filter(district=case.district_id)[:count])
        same_sector = others.filter(sector=case.sector_id).exclude(pk__in=[other.pk for other in same_district])
        return same_district + list(same_sector[: count - len(same_district)])

    def count_by_district(self) -> Iterable[tuple[str, int]]:
        """Pairs of district code and number of cases filed directly there."""
        return self.order_by().values_list("district__code").annotate(models.Count("pk"))

    def newest(self) -> Self:
        return self.order_by("-year", "-published_at", "number")

    def for_cards(self) -> Self:
        """Load what a card in a list shows, and the themes; the number of queries does not grow with the list."""
        return self.for_list().prefetch_related("themes")

    def for_list(self) -> Self:
        """Load what a card in a list shows; texts are there as plain text."""
        return (
            self.select_related("district", "sector")
            .defer(*self.model.RICH)
            .prefetch_related(
                models.Prefetch("credits", Credit.objects.select_related("organisation")),
                models.Prefetch("awards", _published_awards(), to_attr="shown_awards"),
            )
        )

    def for_citing(self) -> Self:
        """Load what is told of a case where it is cited, and its sources."""
        cited = models.Prefetch("citations", Citation.objects.select_related("source"))
        return self.only("number", "title", "published_at", "updated_at").prefetch_related(cited)

    def for_reading(self) -> Self:
        """Load everything that a case's page shows: its texts as rich text."""
        return self.for_page().defer(None).defer(*self.model.PLAIN[1:])

    def for_page(self) -> Self:
        """Load everything that an export or a comparison shows: its texts as plain text."""
        return self.for_cards().prefetch_related(
            models.Prefetch("figures", Figure.objects.select_related("source")),
            models.Prefetch("citations", Citation.objects.select_related("source")),
            "attachments",
            "corrections",
        )


def _curated(user: Any) -> models.Q:
    return remit_of(user).within("district__code") | models.Q(district=None) & entered_near(user)


def _published_awards() -> models.QuerySet[AwardEntry]:
    entries = AwardEntry.objects.visible_to(None)
    return entries.select_related("award_list").order_by("-award_list__year", "award_list__title")
