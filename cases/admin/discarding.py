"""Deleting in the admin: into the bin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from cases import audit
from cases.discarding import discard


class Discarding(admin.ModelAdmin):
    """Nothing is deleted for good by a click: what is deleted here goes into the bin."""

    delete_confirmation_template = "admin/cases/discard.html"
    delete_selected_confirmation_template = "admin/cases/discard_selected.html"

    removal_recorded_as = audit.Action.DISCARDED

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        discard(obj, by=request.user, recorded_as=self.removal_recorded_as)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in list(queryset):
                discard(obj, by=request.user, recorded_as=self.removal_recorded_as)
        self.message_user(request, "已移到回收站，可以在那里恢复。", messages.INFO)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        told = f"{self.opts.verbose_name}“{obj_display}”已移到回收站，可以在那里恢复。"
        self.message_user(request, told, messages.SUCCESS)
        opened = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return HttpResponseRedirect(reverse(opened if self.has_view_permission(request) else "admin:index"))
