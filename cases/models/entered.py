"""What a curator entered and goes on to meet, wherever it is filed: see `cases.remits.entered_near`."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Entered(models.Model):
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录入人",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True
