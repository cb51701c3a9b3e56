"""Pictures and files that are brought to a stored case one by one, while its form is open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from cases.admin.attachment import AttachmentForm, thumbnail
from cases.admin.conflict import StaleSave
from cases.admin.working_copy import KeepsWork, version_in
from cases.models import Attachment, Case, CaseVersion

STALE = "没有上传：您打开之后，别人修改了这个案例。请先保存表单，核对之后再上传"


class UploadForm(AttachmentForm):
    class Meta:
        model = Attachment
        fields = ["file", "title"]


class Uploading(KeepsWork):
    """Of the form of a case, for whoever may edit it. Every upload is an edit and takes a version, as a save does."""

    def get_urls(self) -> list[Any]:
        return [
            path("<path:object_id>/upload/", self.admin_site.admin_view(self.upload_view), name="cases_case_upload"),
            *super().get_urls(),
        ]

    def upload_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take one file with its title; answer its row, and the version that the open form is of from now on."""
        if request.method != "POST":
            return JsonResponse({"error": "只接受 POST"}, status=405, headers={"Allow": "POST"})
        case = self.stored_case(request, unquote(object_id))
        form = UploadForm(request.POST, request.FILES, instance=Attachment(case=case))
        if not form.is_valid():
            return JsonResponse({"error": "；".join(_said(form))}, status=400)
        try:
            file = self._add(request, case, form)
        except StaleSave:
            return JsonResponse({"error": STALE}, status=409)
        told_back = {"id": file.pk, "title": file.title, "position": file.position, "file": thumbnail(file)}
        return JsonResponse(told_back | {"version": case.version})

    def _add(self, request: HttpRequest, case: Case, form: forms.ModelForm) -> Attachment:
        with transaction.atomic():
            if not case.claim_version(version_in(request)):
                raise StaleSave
            last = case.attachments.aggregate(last=Max("position"))["last"]
            form.instance.position = 0 if last is None else min(last + 1, 32767)
            file = form.save()
            case.save(update_fields=["updated_at"])
            told = {"added": {"name": str(Attachment._meta.verbose_name), "object": str(file)}}
            self.log_change(request, case, [told, {"version": case.version}])
            CaseVersion.objects.record(case, by=request.user, why=f"上传附件：{file}")
        return file


def _said(form: forms.ModelForm) -> list[str]:
    return [str(message) for messages in form.errors.values() for message in messages]
