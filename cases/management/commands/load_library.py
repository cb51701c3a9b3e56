"""Load the library's data files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.library_file import LibraryError
from cases.library_load import load_library


class Command(BaseCommand):
    help = "把 fixtures/library 中的数据文件装入数据库；可以重复执行，已有的记录默认不动"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "fixtures" / "library")
        parser.add_argument("--update", action="store_true", help="已有的记录也改成数据文件中的样子")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_library(options["folder"], update=options["update"], report=self.stdout.write)
        except LibraryError as error:
            lines = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(f"数据文件有 {len(error.problems)} 处问题，什么都没有装入：\n{lines}") from error
