"""The record of a case's moves, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.models import StatusChange


class StatusChangeInline(admin.TabularInline):
    model = StatusChange
    verbose_name_plural = "状态记录"
    extra = 0
    fields = ["moved", "who", "at", "reason"]
    readonly_fields = ["moved", "who", "at", "reason"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="变更")
    def moved(self, change: StatusChange) -> str:
        return str(change)

    @admin.display(description="经办人")
    def who(self, change: StatusChange) -> str:
        return change.who
