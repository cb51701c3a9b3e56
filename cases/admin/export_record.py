"""The records of exports with unpublished material, to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils import timezone

from cases.admin.desk import DeskAdmin
from cases.models import ExportRecord
from districts.admin import OnlyToRead

TOLD: Any = ["when", "by_name", "subject", "form", "count", "unpublished_count", "conditions"]


@admin.register(ExportRecord)
class ExportRecordAdmin(OnlyToRead, DeskAdmin):
    """Nobody adds, changes or removes one here, superusers included."""

    list_display = TOLD
    list_display_links = ["when"]
    list_filter = ["subject", "form"]
    ordering = ["-at", "-pk"]
    search_fields = ["by_name", "conditions", "items"]
    search_help_text = "按导出人、条件或条目（案例编号、名称）查找"
    fields = [*TOLD, "unpublished_items", "items"]
    readonly_fields = [*TOLD, "unpublished_items", "items"]

    @admin.display(description="时间", ordering="at")
    def when(self, record: ExportRecord) -> str:
        return timezone.localtime(record.at).strftime("%Y-%m-%d %H:%M")
