"""What such articles say was done to the things that they count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

# Words that are as often part of what is counted stand after the empty line: 种植基地, 培训中心, 党组织.
_acts, _nominal = (
    part.split() for part in Path(__file__).with_name("verbs.txt").read_text(encoding="utf-8").split("\n\n")
)


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


VERB = re.compile(_any([*_acts, *_nominal]))
CUTTING = re.compile(_any(_acts))
VERB_AT_END = re.compile(f"新?(?:{VERB.pattern})$")
VERB_AT_START = re.compile(f"新?(?:{VERB.pattern})")
