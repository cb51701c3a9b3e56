"""What the log does not tell."""

import logging
import re

KEY = re.compile(r"(/shortlist/shared/|/exports/|/accounts/invitation/)[-\w]+")


class WithoutKeys(logging.Filter):
    """Leave out the keys of shared lists, exported files and invitations, to which the log would be a way."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(KEY.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True
