"""Attachments on a case's form, linked through the view that checks who may read them."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.admin.rows import RowFormSet
from cases.models import Attachment
from cases.uploads import CONTENT_TYPES, IMAGE_FORMATS, extension_of

NAMELESS_PICTURE = "这是图片：标题要写明画面内容，如“党员志愿者在社区服务站为老人量血压”，不能用文件名"


def thumbnail(file: Attachment) -> SafeString:
    """A stored file as the form shows it: a small picture where it is one, with the name it came with."""
    picture = format_html('<img src="{}" alt="" width="72" height="54" loading="lazy">', file.get_absolute_url())
    return format_html(
        '<a class="stored-file" href="{}" target="_blank" rel="noopener">{}<span>{}</span></a>',
        file.get_absolute_url(),
        picture if file.is_picture else "",
        file.original_name,
    )


class AttachmentInput(forms.FileInput):
    """A stored file is shown, and may be replaced; it is never merely cleared."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chooser = super().render(name, value, attrs, renderer)
        if not value or not getattr(value, "_committed", False) or not value.instance.pk:
            return chooser
        return format_html('{}<label class="replacing">换文件：{}</label>', thumbnail(value.instance), chooser)


class AttachmentForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        """Readers who do not see a picture hear its title: the name of a file tells them nothing."""
        cleaned = super().clean() or {}
        file, title = cleaned.get("file"), cleaned.get("title", "")
        name = getattr(file, "name", "") or ""
        original = self.instance.original_name if getattr(file, "_committed", False) else PurePath(name).name
        is_new = bool({"file", "title"} & set(self.changed_data))
        names = {original, original.rpartition(".")[0]} - {""}
        if is_new and title in names and extension_of(name) in IMAGE_FORMATS:
            self.add_error("title", ValidationError(NAMELESS_PICTURE))
        return cleaned


class AttachmentInline(admin.TabularInline):
    model = Attachment
    form = AttachmentForm
    formset = RowFormSet
    view_on_site = False
    extra = 1
    fields = ["file", "title", "position"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "file":
            accepted = ",".join(f".{extension}" for extension in CONTENT_TYPES)
            kwargs["widget"] = AttachmentInput(attrs={"accept": accepted})
        return super().formfield_for_dbfield(db_field, request, **kwargs)
