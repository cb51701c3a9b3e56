"""Bar the accounts that were made for a test drive."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction

from cases import audit
from portal.models import Invitation, SignIn
from portal.production import trial_accounts


class Command(BaseCommand):
    help = "停用试用账号；它们经手的记录仍保留署名"

    def handle(self, *args: Any, **options: Any) -> None:
        names = trial_accounts()
        with transaction.atomic():
            User.objects.filter(username__in=names).update(is_active=False)
            for user in User.objects.filter(username__in=names):
                SignIn.objects.end(user)
                Invitation.objects.revoke(user)
                audit.record(audit.Action.ACCOUNT_SWITCHED_OFF, about=user)
        self.stdout.write(f"已停用：{'、'.join(names)}" if names else "没有可以登录的试用账号")
