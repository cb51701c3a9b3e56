"""Bring the districts to the state of an official table."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from districts.table_import import TableError, import_table

PATIENCE = 3  # seconds without a word


class Command(BaseCommand):
    help = "按区划表（CSV 或 CSV.gz，列名 code,name）新增、更名、撤销、恢复区划；可以重复执行，不删除任何区划"

    def add_arguments(self, parser: ArgumentParser) -> None:
        table = settings.BASE_DIR / "fixtures" / "districts.csv.gz"
        parser.add_argument("file", nargs="?", type=Path, default=table, help="区划表，默认用随附的 %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        self.spoke = time.monotonic()
        try:
            changes = import_table(options["file"], progress=self.say_if_slow)
        except TableError as error:
            lines = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(
                f"{options['file']} 有 {len(error.problems)} 处问题，什么都没有改动：\n{lines}"
            ) from error
        self.stdout.write("\n".join(changes.lines()))

    def say_if_slow(self, done: int, total: int) -> None:
        if time.monotonic() - self.spoke > PATIENCE:
            self.spoke = time.monotonic()
            self.stdout.write(f"已写入 {done} / {total} 个区划")
