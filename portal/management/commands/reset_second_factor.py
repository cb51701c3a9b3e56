"""Help somebody whose phone is lost, where no administrator can."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cases import audit
from portal.accounts import second_factor
from portal.models import SignIn


class Command(BaseCommand):
    help = "重置一个账号的第二步验证和恢复码，并结束它的登录；之后凭密码登录，按要求重新设置"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username", help="用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"没有用户名为“{options['username']}”的账号")
        with transaction.atomic():
            was_set_up = second_factor.remove(user)
            SignIn.objects.end(user)
            audit.record(audit.Action.TOTP_REMOVED, about=user)
        self.stdout.write("已重置" if was_set_up else "这个账号没有启用第二步验证")
