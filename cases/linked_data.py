"""A case as schema.org has it, for search engines and for programs that keep references."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from cases.models import Case, Citation, Credit, Organisation, Source
from cases.models.case import Surroundings

LANGUAGE = "zh-Hans"
SOURCE_TYPES = {
    Source.Kind.NEWSPAPER: "NewsArticle",
    Source.Kind.JOURNAL: "ScholarlyArticle",
    Source.Kind.WEBPAGE: "WebPage",
}
# No text may end the script element, or begin a comment in which its end would be missed.
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}

Absolute = Callable[[str], str]


def as_script(data: dict[str, Any]) -> SafeString:
    """Return the data as a block that browsers don't run, whatever its texts hold."""
    written = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{written}</script>')  # noqa: S308  (escaped above)


def linked_data(case: Case, around: Surroundings, absolute: Absolute) -> dict[str, Any]:
    """Describe a published case prepared by `for_page()`; `absolute` makes a full address of a path."""
    address = absolute(case.get_absolute_url())
    credits = case.credits.all()
    leads = [credit.organisation for credit in credits if credit.role == Credit.Role.LEAD]
    others = dict.fromkeys(credit.organisation for credit in credits if credit.organisation not in leads)
    published = timezone.localdate(case.published_at)
    described = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": address,
        "url": address,
        "identifier": case.number,
        "headline": case.title,
        "alternativeHeadline": case.brand_name,
        "abstract": case.summary,
        "inLanguage": LANGUAGE,
        "datePublished": published.isoformat(),
        "dateModified": (case.updated_on or published).isoformat(),
        "about": [_concept(str(word)) for word in (case.sector, *case.themes.all())],
        "contentLocation": _place(case),
        "author": [_body(body, absolute) for body in leads],
        "contributor": [_body(body, absolute) for body in others],
        "publisher": {"@type": "Organization", "name": settings.SITE["name"], "url": absolute("/")},
        "award": [f"{e.award_list.year}年 {e.award_list.title} {e.standing}".strip() for e in case.shown_awards],
        "citation": [_source(citation) for citation in case.citations.all()],
        "correction": [
            {"@type": "CorrectionComment", "datePublished": one.date.isoformat(), "text": one.text}
            for one in case.corrections.all()
        ],
        "isPartOf": _other(around.whole, absolute) if around.whole else None,
        "hasPart": [_other(part, absolute) for part in around.parts],
    }
    return _filled(described)


def _filled(described: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if value}


def _concept(name: str) -> dict[str, str]:
    return {"@type": "DefinedTerm", "name": name}


def _place(case: Case) -> dict[str, str] | None:
    district = case.district
    if district is None:
        return None
    return {"@type": "AdministrativeArea", "name": str(district), "identifier": district.public_code}


def _body(body: Organisation, absolute: Absolute) -> dict[str, str]:
    return {"@type": "Organization", "name": body.name, "url": absolute(body.get_absolute_url())}


def _other(case: Case, absolute: Absolute) -> dict[str, str]:
    address = absolute(case.get_absolute_url())
    return {"@type": "Article", "@id": address, "url": address, "identifier": case.number, "headline": case.title}


def _source(citation: Citation) -> dict[str, Any]:
    source = citation.source
    return _filled(
        {
            "@type": SOURCE_TYPES.get(Source.Kind(source.kind), "CreativeWork"),
            "name": source.title,
            "author": source.authors,
            "datePublished": source.published,
            "publisher": {"@type": "Organization", "name": source.publisher},
            "pagination": "，".join(filter(None, (source.page, citation.locator))),
            "url": source.url,
        }
    )
