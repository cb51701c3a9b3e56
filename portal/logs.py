"""What the log does not tell."""

import logging
import re

KEY = re.compile(r"(/shortlist/shared/|/exports/)[-\w]+")


class WithoutKeys(logging.Filter):
    """Leave out the keys of shared lists and of exported files: who reads the log would have what they lead to."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(KEY.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True
