"""The districts that a curator works for."""

from django.conf import settings
from django.db import models

from districts.models import District


class Remit(models.Model):
    """A curator has one or more districts, each with all that is below it; administrators need none."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", on_delete=models.CASCADE, related_name="remits"
    )
    district = models.ForeignKey(
        District, verbose_name="区划", on_delete=models.PROTECT, related_name="+", help_text="含下属各级区划"
    )

    class Meta:
        verbose_name = "管辖区划"
        verbose_name_plural = "管辖区划"
        ordering = ["district__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "district"], name="remit_once", violation_error_message="此区划已经列出"
            )
        ]

    def __str__(self) -> str:
        return str(self.district)
