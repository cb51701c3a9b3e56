"""The walk through the portal, scene after scene; each goes on where the last one ended."""

from __future__ import annotations

from collections.abc import Callable

from docs.manual_pictures import arriving, bulk, checking, entering, governing, reading
from docs.manual_pictures.made_up import Made
from docs.manual_pictures.window import Desk

SCENES: dict[str, Callable[[Desk, Made], None]] = {
    "arriving": arriving.take,
    "entering": entering.take,
    "checking": checking.take,
    "versions": checking.take_versions,
    "bulk": bulk.take,
    "reading": reading.take,
    "governing": governing.take,
}
