"""Start a portal of its own with made-up drafts and accounts, walk through it in Chromium, and write the pictures.

`make manual` runs this. With names of scenes (`python -m docs.manual_pictures entering`) it writes their pictures only,
but goes through all, since each builds on what the earlier ones did.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.serving import served

PROJECT = Path(__file__).parent.parent.parent
PICTURES = PROJECT / "docs/manual/pictures"
MOST_BYTES = 2_500_000
# What whoever runs this may have set for a portal of theirs, and pictures would show.
SETTINGS = (
    *("DATABASE_URL", "SEARCH_URL", "ALLOWED_HOSTS", "HTTPS_HEADER", "EMAIL_URL", "EXPORT_WORKER", "PROXIES"),
    *("SITE_OWNER", "SITE_ICP", "SITE_CONTACT", "REQUIRE_TOTP", "PASSWORD_PROFILE", "PASSWORD_DAYS", "SIGN_IN_TRIES"),
)
SWITCHES = ["--no-sandbox", "--disable-gpu", "--lang=zh-CN"]

log = logging.getLogger("docs.manual_pictures")


@contextmanager
def folder_of_its_own() -> Iterator[None]:
    """Let this process and the portal's use a database that nobody else has, with settings that pictures need."""
    with tempfile.TemporaryDirectory(prefix="case-library-manual-") as folder:
        for name in SETTINGS:
            os.environ.pop(name, None)
        os.environ |= {
            "DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "LANGUAGE": "zh_CN",
        }
        yield


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    log.setLevel(logging.INFO)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        log.error("没有安装 Chromium（Debian：apt-get install chromium）")
        return 1
    password = secrets.token_urlsafe(12)
    with folder_of_its_own():
        subprocess.run([sys.executable, "manage.py", "set_up"], cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)
        import django

        django.setup()
        from docs.manual_pictures import made_up
        from docs.manual_pictures.scenes import SCENES
        from docs.manual_pictures.window import Desk

        made = made_up.make(password)
        with served() as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
            desk = Desk(browser, base, password, PICTURES, set(sys.argv[1:]))
            for name, scene in SCENES.items():
                desk.scene = name
                scene(desk, made)
            browser.close()
    return told(desk.taken)


def told(taken: set[str]) -> int:
    """Say what is too much or left over; the exit code."""
    files = list(PICTURES.glob("*.png"))
    size = sum(file.stat().st_size for file in files)
    log.info("%s 张图片，共 %s KB", len(files), size // 1000)
    if left := {file.stem for file in files} - taken:
        log.error("这些图片没有再生成，请删去：%s", "、".join(sorted(left)))
    return int(bool(left) or size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
