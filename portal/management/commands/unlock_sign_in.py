"""Let people in who typed a wrong password too often."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cases import audit
from portal.models import SignInLock


class Command(BaseCommand):
    help = "解除登录锁定：某个用户名的、某个地址的，或全部"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--user", help="用户名")
        parser.add_argument("--address", help="地址，如 10.0.0.8")
        parser.add_argument("--all", action="store_true", help="全部")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {"username": options["user"], "ip_address": options["address"]}
        wanted = {name: value for name, value in wanted.items() if value}
        if not wanted and not options["all"]:
            raise CommandError("请说明解除谁的：--user 用户名、--address 地址，或 --all")
        with transaction.atomic():
            count = SignInLock.objects.filter(**wanted).delete()[0]
            audit.record(audit.Action.UNLOCKED, count=count)
        self.stdout.write(f"已解除，{count} 条失败记录不再计数")
