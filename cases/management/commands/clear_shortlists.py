"""Remove the lists of readers who have not come back."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.models import Shortlist
from cases.models.shortlist import KEPT_FOR


class Command(BaseCommand):
    help = f"清除没有登录的读者 {KEPT_FOR.days} 天没有动过的清单；已登录用户的清单不动"

    def handle(self, *args: Any, **options: Any) -> None:
        _, removed = Shortlist.objects.untouched_since(timezone.now() - KEPT_FOR).delete()
        self.stdout.write(f"已清除 {removed.get('cases.Shortlist', 0)} 个清单")
