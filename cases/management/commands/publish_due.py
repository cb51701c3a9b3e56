"""Publish cases whose time has come."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.scheduling import publish_due


class Command(BaseCommand):
    help = "发布到时间的案例；后台程序自己也会做"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已发布 {publish_due()} 个案例")
