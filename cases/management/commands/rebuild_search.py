"""Make the search index anew; searches are answered throughout."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases import search


class Command(BaseCommand):
    help = "重建搜索索引；重建期间搜索照常"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rebuilt = search.rebuild(progress=self.show)
        except search.AlreadyRebuilding as busy:
            raise CommandError(f"{busy}，请稍后再试") from busy
        self.stdout.write(f"索引已重建：{rebuilt.count} 个案例，用时 {rebuilt.seconds:.1f} 秒")

    def show(self, done: int, total: int) -> None:
        self.stdout.write(f"已处理 {done} / {total} 个", ending="\r" if self.stdout.isatty() else "\n")
        self.stdout.flush()
