"""Remove what is no longer kept of the counts of searches."""

from typing import Any

from django.core.management.base import BaseCommand

from cases import searches
from cases.models.search_count import KEPT_FOR


class Command(BaseCommand):
    help = f"清除 {KEPT_FOR.days} 天以前的检索统计，并去掉很少有人搜的词；后台程序也会自己做"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已清除 {searches.clear()} 条检索统计")
