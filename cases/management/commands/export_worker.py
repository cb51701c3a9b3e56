"""Write the files that readers asked for, until told to stop."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cases.exports.worker import work


class Command(BaseCommand):
    help = "在后台制作导出文件；门户启动时会自己运行一个，设 EXPORT_WORKER=off 则由您作为服务运行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--parent", type=int, help="随这个进程结束")

    def handle(self, *args: Any, parent: int | None, **options: Any) -> None:
        work(parent)
