"""Say how the search index is."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases import search


class Command(BaseCommand):
    help = "显示搜索索引的状况"

    def handle(self, *args: Any, **options: Any) -> None:
        status = search.status()
        built = f"{timezone.localtime(status.built_at):%Y-%m-%d %H:%M:%S}" if status.built_at else "从未"
        self.stdout.write(f"状况：{status.problem or '正常'}")
        self.stdout.write(f"案例：{status.documents} 个")
        self.stdout.write(f"建立时间：{built}")
        self.stdout.write(f"版本：{status.version or '无'}")
        if status.is_current:
            self.stdout.write(f"词条：{'与词条表一致' if status.knows_terms else '有改动，索引稍后在后台更新'}")
        self.stdout.write(f"待更新：{status.waiting} 个")
