"""Which organisation has which part in a case."""

from __future__ import annotations

from typing import Any, Self

from django.db import models


class CreditQuerySet(models.QuerySet["Credit"]):
    def visible_to(self, user: Any, *, preview: bool = False) -> Self:
        from cases.models.case import Case

        return self.filter(case__in=Case.objects.visible_to(user, preview=preview))

    def foremost_first(self) -> Self:
        """Annotate `part`, the place of the role among the roles, and begin with the foremost."""
        places = [models.When(role=role, then=place) for place, role in enumerate(Credit.Role.values)]
        return self.annotate(part=models.Case(*places, output_field=models.IntegerField())).order_by("part", "position")


class Credit(models.Model):
    class Role(models.TextChoices):
        LEAD = "lead", "主办"
        PARTNER = "partner", "协办"
        REPORTER = "reporter", "报送"
        RECOMMENDER = "recommender", "推荐"

    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="credits")
    organisation = models.ForeignKey(
        "cases.Organisation", verbose_name="组织", on_delete=models.PROTECT, related_name="credits"
    )
    role = models.CharField("角色", max_length=12, choices=Role, default=Role.LEAD)
    position = models.PositiveSmallIntegerField("次序", default=0)

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = "署名"
        verbose_name_plural = "署名"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organisation", "role"],
                name="credit_once",
                violation_error_message="同一组织的同一角色已经列出",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}（{self.get_role_display()}）"
