"""Generated libraries to measure with: sentences of the shipped cases, shuffled into cases of 1,500 characters."""

import random
import re

from django.utils import timezone

from cases.models import Case, Citation, Credit, Figure, Organisation, Sector, Source, Theme
from districts.models import District

LENGTH = 1500
YEARS = range(2015, 2026)


def sentences() -> list[str]:
    """Every sentence of the library's sections."""
    texts = Case.objects.visible_to(None).values_list(*Case.SECTIONS)
    return [s for row in texts for text in row for s in re.findall(r"[^。\n]{8,}。", text)]


def paragraph(source: list[str], chance: random.Random, length: int) -> str:
    text = ""
    while len(text) < length:
        text += re.sub(r"\d+", lambda _: str(chance.randint(2, 9999)), chance.choice(source))
    return text


def generate(count: int, seed: int = 1) -> None:
    """Add `count` published cases to a database that holds the shipped library; no index is touched."""
    chance = random.Random(seed)
    source = sentences()
    districts = list(District.objects.filter(code__startswith="44", level__in=["county", "town"]))
    bodies, sectors, themes = list(Organisation.objects.all()), list(Sector.objects.all()), list(Theme.objects.all())
    cited = Source.objects.first()
    drafts = []
    for serial in range(1, count + 1):
        year = chance.choice(YEARS)
        drafts.append(
            Case(
                number=f"{year}-{100_000 + serial}",
                title=chance.choice(source)[:24],
                year=year,
                kind=chance.choice(Case.Kind.values),
                district=chance.choice(districts),
                sector=chance.choice(sectors),
                summary=paragraph(source, chance, 100),
                background=paragraph(source, chance, LENGTH // 5),
                approach=paragraph(source, chance, LENGTH // 2),
                results=paragraph(source, chance, LENGTH // 5),
            )
        )
    made = Case.objects.bulk_create(drafts, batch_size=1000)
    Credit.objects.bulk_create(
        (Credit(case=case, organisation=chance.choice(bodies)) for case in made), batch_size=1000
    )
    Citation.objects.bulk_create((Citation(case=case, source=cited) for case in made), batch_size=1000)
    Figure.objects.bulk_create(
        (Figure(case=case, indicator="覆盖党员", value=chance.randint(10, 9999), unit="名") for case in made),
        batch_size=1000,
    )
    through = Case.themes.through
    through.objects.bulk_create((through(case=c, theme=chance.choice(themes)) for c in made), batch_size=1000)
    Case.objects.filter(status="draft").update(status="published", published_at=timezone.now())
