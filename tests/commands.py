"""Run management commands as an operator does, in a process and a data directory of their own."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

CONFIGURATION = (
    "ALLOWED_HOSTS",
    "AUDIT_KEY",
    "API_RATE",
    "DATABASE_URL",
    "DEBUG",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_URL",
    "EXPORT_WORKER",
    "EXPORT_RATE",
    "HTTPS_HEADER",
    "NOTICE_EMAIL",
    "PASSWORD_DAYS",
    "PASSWORD_PROFILE",
    "PROXIES",
    "REQUIRE_TOTP",
    "SEARCH_URL",
    "SECRET_KEY",
    "SESSION_HOURS",
    "SESSION_IDLE_MINUTES",
    "SESSIONS_PER_ACCOUNT",
    "SIGN_IN_LOCK_MINUTES",
    "SIGN_IN_TRIES",
    "SITE_URL",
    "SITE_CONTACT",
    "SITE_ICP",
    "SITE_LICENCE",
    "SITE_OWNER",
)


def environment_of(data_dir: Path) -> dict[str, str]:
    """This machine's variables without any that configure a portal but for where its data lie."""
    inherited = {name: value for name, value in os.environ.items() if name not in CONFIGURATION}
    return inherited | {"DATA_DIR": str(data_dir)}


def manage(*arguments: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a management command as an operator would, with only these variables set."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment_of(data_dir) | environment,
        capture_output=True,
        text=True,
        check=False,
    )
