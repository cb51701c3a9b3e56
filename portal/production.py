"""What a portal that serves others must not have: an account made for a test drive."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection


def trial_accounts() -> list[str]:
    """Names of the accounts made for a test drive that can still sign in; none where the tables do not exist yet."""
    from portal.models import TrialAccount

    if TrialAccount._meta.db_table not in connection.introspection.table_names():
        return []
    accounts = TrialAccount.objects.filter(user__is_active=True).order_by("pk")
    return list(accounts.values_list("user__username", flat=True))


def refusal(accounts: list[str]) -> str:
    return (
        f"试用账号 {'、'.join(accounts)} 仍可登录，不能对外服务。"
        "请先用 manage.py createsuperuser 建立正式账号，再运行 manage.py remove_trial_accounts"
    )


def refuse_demo_accounts() -> None:
    """Stop a public portal from starting while a trial account can sign in, or while that cannot be told."""
    if settings.PUBLIC and (accounts := trial_accounts()):
        raise ImproperlyConfigured(refusal(accounts))


@checks.register(checks.Tags.security, deploy=True)
def check_demo_accounts(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    try:
        accounts = trial_accounts()
    except DatabaseError:
        return [checks.Error("连不上数据库，无法确认有没有试用账号，请检查 DATABASE_URL", id="portal.E002")]
    return [checks.Error(refusal(accounts), id="portal.E001")] if accounts else []
