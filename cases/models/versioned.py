"""What several curators may edit at once: each save takes a number, so that a late one is noticed."""

from __future__ import annotations

from django.db import models
from django.db.models import F


class Versioned(models.Model):
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True

    def claim_version(self, started_from: int) -> bool:
        """Take the next version for an edit that began at `started_from`; False when somebody saved in between."""
        stored = type(self)._default_manager.filter(pk=self.pk, version=started_from)
        if not stored.update(version=F("version") + 1):
            return False
        self.version = started_from + 1
        return True
