"""The library in numbers."""

from dataclasses import dataclass
from typing import Any

from cases.models import AwardList, Case, Figure, Organisation


@dataclass(frozen=True)
class LibraryNumbers:
    cases: int
    organisations: int
    awards: int
    figures: int


def library_numbers(user: Any) -> LibraryNumbers:
    """Count what the reader may see."""
    return LibraryNumbers(
        cases=Case.objects.visible_to(user).count(),
        organisations=Organisation.objects.visible_to(user).count(),
        awards=AwardList.objects.visible_to(user).count(),
        figures=Figure.objects.visible_to(user).count(),
    )
