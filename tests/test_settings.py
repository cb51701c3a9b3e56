"""What the environment may say, and what a public portal refuses."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.commands import manage

pytestmark = pytest.mark.any_database

PRODUCTION = {"ALLOWED_HOSTS": "cases.example.gov.cn", "SECRET_KEY": "k3y-" + "0123456789abcdefghij" * 3}


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("DEBUG", "maybe", "DEBUG=true 或 DEBUG=false"),
        ("EXPORT_WORKER", "maybe", "EXPORT_WORKER=true 或 EXPORT_WORKER=false"),
        ("AUDIT_KEY", "short", "AUDIT_KEY=<至少 32 个随机字符>"),
        ("AUDIT_KEY", "a" * 40, "AUDIT_KEY=<至少 32 个随机字符>"),
        ("ALLOWED_HOSTS", "https://cases.example.gov.cn/", "ALLOWED_HOSTS=cases.example.gov.cn"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS=cases.example.gov.cn"),
        ("ALLOWED_HOSTS", ".", "ALLOWED_HOSTS=cases.example.gov.cn"),
        ("ALLOWED_HOSTS", ".cn", "ALLOWED_HOSTS=cases.example.gov.cn"),
        ("ALLOWED_HOSTS", "[*]", "ALLOWED_HOSTS=cases.example.gov.cn"),
        ("ALLOWED_HOSTS", "cases.example.gov.cn:443", "ALLOWED_HOSTS=cases.example.gov.cn"),
        ("DATABASE_URL", "mysql://u:p@host/db", "DATABASE_URL=postgres://用户:密码@主机:5432/库名"),
        ("DATABASE_URL", "portal.sqlite3", "DATABASE_URL=postgres://用户:密码@主机:5432/库名"),
        ("DATABASE_URL", "postgres://u:p@host:5432/", "缺少库名"),
        ("SEARCH_URL", "solr://host/", "SEARCH_URL=whoosh:///"),
        ("HTTPS_HEADER", "X Forwarded", "HTTPS_HEADER=X-Forwarded-Proto"),
        ("API_RATE", "often", "API_RATE=120/minute"),
        ("EXPORT_RATE", "10/week", "EXPORT_RATE=120/minute"),
        ("PROXIES", "many", "PROXIES=1"),
        ("REQUIRE_TOTP", "everybody", "REQUIRE_TOTP=off，或 REQUIRE_TOTP=administrators，或 REQUIRE_TOTP=curators"),
        ("PASSWORD_PROFILE", "strong", "PASSWORD_PROFILE=modern，或 PASSWORD_PROFILE=dengbao"),
        ("SIGN_IN_TRIES", "0", "“0”不是 1 到 100 的整数"),
        ("SESSION_IDLE_MINUTES", "an hour", "SESSION_IDLE_MINUTES=60"),
        ("SITE_OWNER", "一行\n两行", "SITE_OWNER=中共某某市委组织部"),
        ("SITE_ICP", "粤" * 101, "SITE_ICP=粤ICP备00000000号"),
        ("SITE_LICENCE", "许" * 101, "SITE_LICENCE=转载须经本单位同意"),
        ("SITE_CONTACT", "\t\x1b", "SITE_CONTACT=020-00000000"),
        ("EMAIL_URL", "mail.example.gov.cn", "EMAIL_URL=smtp+tls://用户:密码@mail.example.gov.cn:587"),
        ("EMAIL_URL", "smtp://", "缺少服务器"),
        ("NOTICE_EMAIL", "某某", "NOTICE_EMAIL=anliku@example.gov.cn"),
        ("SITE_URL", "cases.example.gov.cn/", "SITE_URL=https://cases.example.gov.cn"),
        ("DATA_DIR", "/proc/nowhere", "DATA_DIR=/srv/cases/data"),
    ],
)
def test_a_bad_value_stops_the_start_with_its_name_and_the_right_form(
    tmp_path: Path, name: str, value: str, right: str
) -> None:
    result = manage("check", data_dir=tmp_path, **{name: value})

    assert result.returncode != 0
    assert f"环境变量 {name} 有误" in result.stderr
    assert right in result.stderr


def test_production_settings_pass_the_deployment_checks(tmp_path: Path) -> None:
    assert manage("migrate", "-v0", data_dir=tmp_path).returncode == 0

    result = manage("check", "--deploy", "--fail-level", "WARNING", data_dir=tmp_path, **PRODUCTION)

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SECRET_KEY": ""}, "环境变量 SECRET_KEY 有误：对外服务"),
        ({"SECRET_KEY": "short"}, "环境变量 SECRET_KEY 有误：太短"),
        ({"SECRET_KEY": "a" * 60}, "环境变量 SECRET_KEY 有误：太短、重复"),
        ({"SECRET_KEY": "django-insecure-" + "0123456789" * 5}, "环境变量 SECRET_KEY 有误"),
        ({"DEBUG": "true"}, "环境变量 DEBUG 有误：对外服务"),
    ],
)
def test_production_refuses_a_default_secret_and_debug(tmp_path: Path, change: dict[str, str], words: str) -> None:
    result = manage("check", data_dir=tmp_path, **(PRODUCTION | change))

    assert result.returncode != 0
    assert words in result.stderr


@pytest.mark.long
def test_production_refuses_to_start_with_a_trial_account(migrated: Path) -> None:
    serve = "from portal.wsgi import application"
    make = "from portal.management.commands.set_up import Command; Command().create_trial_account()"
    assert manage("shell", "-c", f"{make}; {serve}", data_dir=migrated).returncode == 0

    refused = manage("shell", "-c", serve, data_dir=migrated, **PRODUCTION)
    assert "试用账号 curator 仍可登录" in refused.stderr
    assert "试用账号 curator 仍可登录" in manage("check", "--deploy", data_dir=migrated, **PRODUCTION).stderr

    sign_in = (
        "from django.test import Client; from django.contrib.auth.models import User;"
        "from types import SimpleNamespace; from portal.accounts import sessions;"
        "client = Client(); user = User.objects.get(); client.force_login(user);"
        "sessions.begin(SimpleNamespace(session=client.session, headers={}, META={}), user)"
    )
    count = "from django.contrib.sessions.models import Session; print('sessions', Session.objects.count())"
    assert "sessions 1" in manage("shell", "-c", f"{sign_in}; {count}", data_dir=migrated).stdout
    assert "已停用：curator" in manage("remove_trial_accounts", data_dir=migrated).stdout
    begun = manage("shell", "-c", f"{serve}; {count}", data_dir=migrated, **PRODUCTION)
    assert (begun.returncode, "sessions 0" in begun.stdout) == (0, True)


def test_the_server_is_not_reachable_from_elsewhere_with_the_settings_of_a_test_drive(migrated: Path) -> None:
    serve = "from gunicorn.app.wsgiapp import run; import sys; sys.argv = {}; run()"
    words = ["gunicorn", "portal.wsgi", "--config", "portal/gunicorn.py", "--bind"]

    refused = manage("shell", "-v0", "-c", serve.format([*words, "0.0.0.0:0"]), data_dir=migrated)

    assert "监听了本机以外的地址，但没有设置 ALLOWED_HOSTS" in refused.stderr
    assert "门户已启动" not in refused.stdout


def test_the_secret_made_for_a_test_drive_is_random_kept_and_private(tmp_path: Path) -> None:
    show = "from django.conf import settings; print(settings.SECRET_KEY, settings.AUDIT_KEY)"
    first = manage("shell", "-v0", "-c", show, data_dir=tmp_path).stdout
    again = manage("shell", "-v0", "-c", show, data_dir=tmp_path).stdout
    elsewhere = manage("shell", "-v0", "-c", show, data_dir=tmp_path / "other").stdout

    assert first == again != elsewhere
    secret, audit = first.split()
    assert secret != audit
    assert min(len(secret), len(audit)) >= 50
    for name in ("secret_key", "audit_key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


@pytest.mark.django_db
@pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite 的设置")
def test_sqlite_is_set_up_safely() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}
    assert getattr(connection, "transaction_mode", "") == "IMMEDIATE"
