"""An organisation between its superiors and its subordinates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from cases.models import Organisation


@dataclass
class Node:
    """An organisation with its `case_count`, and what stands below it."""

    organisation: Organisation
    is_here: bool = False
    below: list[Node] = field(default_factory=list)


def hierarchy_of(organisation: Organisation, user: Any) -> list[Node]:
    """Return the topmost visible superior with the path down to the organisation and two levels below it.

    Empty if it has neither superiors nor subordinates that the reader may see; three queries however large the tree is.
    Whoever stands under one that may not be seen is shown under the next one that may.
    """
    visible = Organisation.objects.visible_to(user)
    counted = visible.with_case_counts(user)
    above = visible.above(organisation)
    superiors = counted.in_bulk(above)
    node = Node(organisation, is_here=True, below=_below(organisation, list(counted.under(organisation))))
    if not superiors and not node.below:
        return []
    for superior in (superiors[pk] for pk in above if pk in superiors):
        node = Node(superior, below=[node])
    return [node]


def _below(organisation: Organisation, subordinates: list[Organisation]) -> list[Node]:
    """Hang two levels of organisations, in their order, under those that they belong to."""
    shown = {body.pk for body in subordinates}
    under: dict[int | None, list[Organisation]] = defaultdict(list)
    for body in subordinates:
        under[body.parent_id if body.parent_id in shown else organisation.pk].append(body)
    return [Node(body, below=[Node(lower) for lower in under[body.pk]]) for body in under[organisation.pk]]
