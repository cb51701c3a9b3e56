"""Remove old entries of the audit."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases import audit_check


class Command(BaseCommand):
    help = "删除早于若干天的审计记录，至少保留 200 天；此举本身也记入日志"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, required=True, help="保留最近多少天，不少于 200")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < audit_check.LEAST_DAYS:
            raise CommandError(f"审计记录至少要保留 {audit_check.LEAST_DAYS} 天，什么都没有删除")
        try:
            count = audit_check.trim(options["days"])
        except audit_check.TrimRefused:
            raise CommandError("审计日志有问题，不能清理。请先运行 manage.py verify_audit 查明") from None
        self.stdout.write(f"已删除 {count:,} 条" if count else "没有更早的记录")
