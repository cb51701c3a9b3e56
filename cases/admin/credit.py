"""Who did it: the credits on a case's form."""

from django.contrib import admin
from django.core.exceptions import ValidationError

from cases.admin.desk import PlainChoosers
from cases.admin.rows import RowFormSet
from cases.models import Credit


class CreditFormSet(RowFormSet):
    key = ("organisation_id", "role")

    def is_needed(self, row: Credit) -> bool:
        return row.role == Credit.Role.LEAD

    def clean(self) -> None:
        super().clean()
        leads = [
            form for form in self.rows() if form.instance.role == Credit.Role.LEAD and form.instance.organisation_id
        ]
        if self.instance.is_published and not leads:
            raise ValidationError("已发布的案例至少要有一个主办组织。请换上新的主办组织再保存，或先撤下案例")


class CreditInline(PlainChoosers, admin.TabularInline):
    model = Credit
    formset = CreditFormSet
    verbose_name_plural = "谁做的"
    extra = 1
    fields = ["organisation", "role", "position"]
    autocomplete_fields = ["organisation"]
