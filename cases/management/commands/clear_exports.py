"""Delete exported files that expired."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.exports.keeping import clear


class Command(BaseCommand):
    help = "删除过期的导出文件；后台的导出程序自己也会做"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已删除 {clear()} 个文件")
