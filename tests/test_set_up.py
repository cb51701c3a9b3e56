"""From an empty folder to a working portal, and again."""

import re
from pathlib import Path

import pytest

from tests.commands import manage

pytestmark = pytest.mark.any_database

COUNTS = (
    "from cases.models import *; from districts.models import District; from django.contrib.auth.models import User;"
    "print(Case.objects.count(), AwardList.objects.count(), District.objects.count(), User.objects.count())"
)


def counts(data_dir: Path) -> list[int]:
    return [int(word) for word in manage("shell", "-v0", "-c", COUNTS, data_dir=data_dir).stdout.split()]


@pytest.mark.long
def test_set_up_makes_a_portal_and_a_second_time_keeps_what_was_entered(tmp_path: Path) -> None:
    first = manage("set_up", data_dir=tmp_path)

    assert first.returncode == 0, first.stderr
    password = re.search(r"用户名 +curator\n +密码 +(\S{12,})", first.stdout)
    assert password
    assert f"authenticated {True}" in sign_in(tmp_path, password[1])
    cases, lists, districts, users = counts(tmp_path)
    assert cases >= 45
    assert lists >= 12
    assert districts > 5000
    assert users == 1

    enter = "from cases.models import Case; Case.objects.create(title='录入的', year=2026)"
    assert manage("shell", "-v0", "-c", enter, data_dir=tmp_path).returncode == 0
    again = manage("set_up", data_dir=tmp_path)

    assert again.returncode == 0, again.stderr
    assert "密码" not in again.stdout
    assert counts(tmp_path) == [cases + 1, lists, districts, 1]


def sign_in(data_dir: Path, password: str) -> str:
    check = (
        "from django.contrib.auth import authenticate;"
        f"user = authenticate(username='curator', password={password!r});"
        "print('authenticated', bool(user and user.is_staff))"
    )
    return manage("shell", "-v0", "-c", check, data_dir=data_dir).stdout
