"""Look through the library for words that may be worth a term."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.word_proposals import survey


class Command(BaseCommand):
    help = "从已发布的案例和没有结果的搜索里找新词，供审核员挑选；后台程序每夜会自己做一次"

    def handle(self, *args: Any, **options: Any) -> None:
        look = survey()
        seconds = (look.done_at - look.begun_at).total_seconds() if look.done_at and look.begun_at else 0
        self.stdout.write(f"已读 {look.total} 个案例，提出 {look.found} 个新词，用时 {seconds:.0f} 秒")
