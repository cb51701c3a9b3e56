"""Accounts that were made for a test drive."""

from django.conf import settings
from django.db import models


class TrialAccount(models.Model):
    """Marks the account that `set_up` made for a test drive, where no form can take the mark off."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, verbose_name="账号", on_delete=models.CASCADE)

    class Meta:
        verbose_name = "试用账号"
        verbose_name_plural = "试用账号"

    def __str__(self) -> str:
        return str(self.user)
