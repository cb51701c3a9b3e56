"""Where a reader of one case may go on to: cases told in the same words, then those of the same place and field."""

from __future__ import annotations

from typing import Any

from cases import search
from cases.models import Case

MOST = 6
# More is proposed than shown: some may be parts of the case, or not public any more.
PROPOSED = 24


def related_cases(case: Case, user: Any, *, without: list[Case]) -> list[Case]:
    """Return at most `MOST` cases that this reader may see, the most alike first; at most three queries."""
    left_out = {case.pk, *(other.pk for other in without)}
    visible = Case.objects.visible_to(user).for_links()
    proposed = [pk for pk in search.like(case, PROPOSED) if pk not in left_out]
    rows = visible.in_bulk(proposed)
    alike = [rows[pk] for pk in proposed if pk in rows][:MOST]
    if len(alike) == MOST:
        return alike
    left_out.update(row.pk for row in alike)
    return alike + visible.near(case, MOST - len(alike), without=left_out)
