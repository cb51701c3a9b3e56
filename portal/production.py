"""What a portal that serves others must not have: an account made for a test drive."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

TRIAL_GROUP = "试用账号"


def trial_accounts() -> list[str]:
    """Names of the active accounts that `set_up` made for a test drive; none where the tables do not exist yet."""
    users = get_user_model().objects.filter(groups__name=TRIAL_GROUP, is_active=True)
    try:
        return list(users.order_by("pk").values_list("username", flat=True))
    except DatabaseError:
        return []


def refusal(accounts: list[str]) -> str:
    return (
        f"试用账号 {'、'.join(accounts)} 仍可登录，不能对外服务。"
        "请先用 manage.py createsuperuser 建立正式账号，再运行 manage.py remove_trial_accounts"
    )


def refuse_demo_accounts() -> None:
    """Stop a public portal from starting while a trial account can sign in."""
    if settings.PUBLIC and (accounts := trial_accounts()):
        raise ImproperlyConfigured(refusal(accounts))


@checks.register(checks.Tags.security, deploy=True)
def check_demo_accounts(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    accounts = trial_accounts()
    return [checks.Error(refusal(accounts), id="portal.E001")] if accounts else []
