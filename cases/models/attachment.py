"""Files that belong to a case, stored under random names outside the web root."""

from __future__ import annotations

import re
import secrets
from typing import Any, Self

from django.db import models
from django.urls import reverse

from cases.uploads import IMAGE_FORMATS, KINDS, extension_of, validate_upload


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Any, *, preview: bool = False) -> Self:
        """Attachments of cases that the reader may see, or preview."""
        from cases.models.case import Case

        return self.filter(case__in=Case.objects.visible_to(user, preview=preview))


def random_name(attachment: Attachment, filename: str) -> str:
    """Return a path that tells nothing, and keep the reader's name for the file in `original_name`.

    That goes into headers and pages: without folders, line breaks and signs that turn the direction of writing.
    """
    name = "".join(character for character in re.split(r"[/\\]", filename)[-1] if character.isprintable())
    attachment.original_name = name[-150:]
    return f"attachments/{secrets.token_hex(16)}.{extension_of(name)}"


class Attachment(models.Model):
    case = models.ForeignKey("cases.Case", verbose_name="案例", on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField("文件", upload_to=random_name, validators=[validate_upload], max_length=120)
    original_name = models.CharField("文件名", max_length=150, editable=False)
    size = models.PositiveBigIntegerField("大小", default=0, editable=False)
    title = models.CharField("标题", max_length=100, help_text="读者看到的名称；图片请写明画面内容，供读屏软件朗读")
    position = models.PositiveSmallIntegerField("次序", default=0)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Kept, because a page must not fail when the stored file is lost.
        if self.file and (not self.size or not getattr(self.file, "_committed", True)):
            self.size = self.file.size
        super().save(*args, **kwargs)

    @property
    def kind(self) -> str:
        """What readers call a file of this sort: PDF, Word 文档, Excel 表格, 图片."""
        return KINDS[extension_of(self.file.name or "")]

    @property
    def is_picture(self) -> bool:
        return extension_of(self.file.name or "") in IMAGE_FORMATS

    def get_absolute_url(self) -> str:
        return reverse("cases:attachment", args=[self.pk])
