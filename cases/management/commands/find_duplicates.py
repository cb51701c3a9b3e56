"""Work out the list of records that probably are there twice."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.duplicates.finding import find_all
from cases.models.merge import KINDS


class Command(BaseCommand):
    help = "Find cases and organisations that probably are the same, for the curators' list; to be run every night."

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_all()
        self.stdout.write("，".join(f"疑似重复的{KINDS[kind]} {count} 对" for kind, count in found.items()))
