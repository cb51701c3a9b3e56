"""What a file is called when it is saved."""

import re
from datetime import date
from urllib.parse import quote

# Not allowed in names of files by one system or another, and what readers of a folder would not see.
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+')
LONGEST = 60


def disposition(title: str, day: date, stem: str, form: str) -> str:
    """Return the header that has a file saved by its title and day; programs that know ASCII alone get `stem`."""
    told = FORBIDDEN.sub(" ", title).strip(" .")[:LONGEST].rstrip(" .")
    name = f"{told} {day:%Y-%m-%d}.{form}".lstrip()
    return f"attachment; filename=\"{stem}.{form}\"; filename*=UTF-8''{quote(name, safe='')}"
