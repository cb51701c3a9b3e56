"""Delete stored files that nothing needs any more."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.attachments_left import clear, files_left


class Command(BaseCommand):
    help = "删除没有任何附件、历史版本或回收站内容用到的上传文件（一天以内的不动）"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--list", action="store_true", help="只列出，不删除")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for path in files_left():
                self.stdout.write(path.name)
            return
        self.stdout.write(f"已删除 {clear()} 个没有用到的文件")
