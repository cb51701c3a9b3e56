"""What happened to accounts, for the record; never a password, a code or a token."""

from __future__ import annotations

import logging
from typing import Any

logger = logging.getLogger(__name__)


def note(what: str, *, request: Any = None, by: Any = None, about: Any = None, **details: Any) -> None:
    told = "，".join(f"{name} {value}" for name, value in details.items())
    logger.info("%s：账号 %s，经手 %s %s", what, getattr(about, "pk", "-"), getattr(by, "pk", "-"), told)
