"""What the API gives beside cases, organisations and award lists, whose data the exporter makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse

from cases.district_counts import Branch, DistrictCounts
from cases.exports.description import Absolute
from cases.exports.json import cleaned_data
from cases.filters import CaseFilter
from cases.models import AwardList, Case, Credit, Organisation, Sector, Theme
from districts.models import District


def district_as_data(district: District, counts: DistrictCounts, absolute: Absolute) -> dict[str, Any]:
    return {
        "code": district.public_code,
        "name": district.name,
        "full_name": district.full_name,
        "level": district.get_level_display(),
        "is_former": district.is_former,
        "case_count": counts.within(district),
        "url": absolute(district.get_absolute_url()),
    }


def award_in_brief(award: Any, absolute: Absolute) -> dict[str, Any]:
    return cleaned_data(
        {
            "slug": award.slug,
            "title": award.title,
            "year": award.year,
            "level": award.get_level_display(),
            "organiser": award.organiser.name if award.organiser else None,
            "order": award.get_order_display(),
            "series": award.series or None,
            "entry_count": award.entry_count,
            "url": absolute(award.get_absolute_url()),
        }
    )


def vocabulary_as_data(words: Iterable[Any], counts: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {"slug": word.slug, "name": word.name, "note": word.note, "case_count": counts.get(word.pk, 0)}
        for word in words
    ]


def _words(choices: Iterable[tuple[str, Any]]) -> list[dict[str, str]]:
    return [{"value": value, "label": str(label)} for value, label in choices]


def choices_as_data() -> dict[str, list[dict[str, str]]]:
    """The words that are fixed in the program."""
    return {
        "kinds": _words(Case.Kind.choices),
        "levels": _words(AwardList.Level.choices),
        "orders": _words((name, label) for name, (label, _) in CaseFilter.SORTS.items()),
        "organisation_kinds": _words(Organisation.Kind.choices),
        "roles": _words(Credit.Role.choices),
        "district_levels": _words(District.Level.choices),
    }


def counts_as_data(browse: CaseFilter) -> dict[str, Any]:
    """The cases found, counted by everything that they are filed under."""
    found = browse.tally.cases

    def counted(name: str, options: Iterable[tuple[Any, str, str]]) -> list[dict[str, Any]]:
        counts = browse.tally.filings[name].counts(found)
        return [
            {"value": value, "label": str(label), "count": counts[key]} for key, value, label in options if counts[key]
        ]

    in_districts = browse.tally.filings["district"].counts(found)
    years = sorted(browse.tally.filings["year"].counts(found), reverse=True)
    return {
        "count": len(found),
        "districts": list(_places(DistrictCounts(in_districts.items()).branches())),
        "years": counted("year", [(year, str(year), f"{year}年") for year in years]),
        "sectors": counted("sector", Sector.objects.visible_to(None).values_list("pk", "slug", "name")),
        "kinds": counted("kind", [(value, value, label) for value, label in Case.Kind.choices]),
        "levels": counted("level", [(value, value, label) for value, label in AwardList.Level.choices]),
        "themes": counted("theme", Theme.objects.visible_to(None).values_list("pk", "slug", "name")),
    }


def _places(branches: Iterable[Branch]) -> Iterator[dict[str, Any]]:
    for branch in branches:
        yield {"value": branch.district.public_code, "label": str(branch.district), "count": branch.count}
        yield from _places(branch.branches)


def addresses(absolute: Absolute) -> dict[str, str]:
    """Where everything is that a program may read."""
    names = ("cases", "organisations", "districts", "awards", "sectors", "themes", "vocabulary", "statistics", "schema")
    return {
        **{name: absolute(reverse(f"api:{name}")) for name in names},
        "library_json": absolute(reverse("cases:export", args=["json"])),
        "library_csv": absolute(reverse("cases:export", args=["csv"])),
        "feed": absolute(reverse("feed")),
        "sitemap": absolute(reverse("sitemap")),
        "download": absolute(reverse("download")),
    }
