"""Compare the search index with the database and mend it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases import search


class Command(BaseCommand):
    help = "核对搜索索引与数据库，不一致处予以修正"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mended = search.reconcile()
        except search.AlreadyRebuilding as busy:
            raise CommandError(f"{busy}，请稍后再试") from busy
        if mended == search.Reconciled(0, 0, 0):
            self.stdout.write("索引与数据库一致")
        else:
            self.stdout.write(f"已补入 {mended.missing} 个，已更新 {mended.stale} 个，已移除 {mended.extra} 个")
