"""Repair of texts that were copied badly: what is sure is put right, what is not is offered or marked, nothing guessed.

`repair(text)` says what it would change, each change by itself; the steps are one module each, and `repairing` has
their order.
"""

from cases.repair.found import Change, Kind, Repaired
from cases.repair.repairing import repair
from cases.repair.spots import Mended, Spot

__all__ = ["Change", "Kind", "Mended", "Repaired", "Spot", "repair"]
