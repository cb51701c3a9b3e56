"""Work out the list of records that probably are there twice."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.duplicates.listing import find_all
from cases.models.merge import KINDS


class Command(BaseCommand):
    help = "查找可能重复的案例和组织，列入后台的“疑似重复”（后台进程每晚也做）"

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_all()
        self.stdout.write("，".join(f"疑似重复的{KINDS[kind]} {count} 对" for kind, count in found.items()))
