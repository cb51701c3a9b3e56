"""Django's own command, with an entry in the audit: whoever it makes may do everything."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User

from cases import audit


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        known = set(User.objects.values_list("pk", flat=True))
        super().handle(*args, **options)
        for user in User.objects.exclude(pk__in=known).filter(is_superuser=True):
            audit.record(audit.Action.ACCOUNT_ADDED, about=user, fields=["is_superuser"])
