"""When what makes the pages was last replaced."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings

# Read when the apps are loaded, which gunicorn does before it forks: all its workers tell the same.
STARTED_AT = datetime.now(UTC)


@cache
def released_at() -> datetime:
    """Return when this process started, or when one of the portal's files was written after that.

    A server that is told to renew its workers alone takes new files without a new start.
    """
    folders = [Path(config.path) for config in apps.get_app_configs()]
    own = [folder for folder in folders if folder.is_relative_to(settings.BASE_DIR)]
    files = [file for folder in own for file in folder.rglob("*.py")]
    files += (settings.BASE_DIR / "templates").rglob("*.html")
    files.append(settings.STATIC_ROOT / "staticfiles.json")
    written = max((file.stat().st_mtime for file in files if file.exists()), default=0)
    return max(STARTED_AT, datetime.fromtimestamp(written, UTC))
