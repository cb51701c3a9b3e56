"""Attachments on a case's form, linked through the view that checks who may read them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget

from cases.admin.rows import RowFormSet
from cases.models import Attachment


class StoredFile:
    """What the file widget shows of a stored file: the curator's own name for it, and where it is served."""

    def __init__(self, attachment: Attachment) -> None:
        self.url = attachment.get_absolute_url()
        self.name = attachment.original_name

    def __str__(self) -> str:
        return self.name


class AttachmentInput(AdminFileWidget):
    def format_value(self, value: Any) -> Any:
        return StoredFile(value.instance) if self.is_initial(value) else None


class AttachmentInline(admin.TabularInline):
    model = Attachment
    formset = RowFormSet
    view_on_site = False
    extra = 1
    fields = ["file", "title", "position"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "file":
            kwargs["widget"] = AttachmentInput
        return super().formfield_for_dbfield(db_field, request, **kwargs)
