"""Cases: one form in the order a curator thinks."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cases import workflow
from cases.admin.article_import import may_import_articles
from cases.admin.attachment import AttachmentInline
from cases.admin.bulk import BulkCaseAdmin
from cases.admin.conflict import StaleSave
from cases.admin.correcting import CaseCorrecting, CorrectingForm
from cases.admin.correction import CorrectionInline
from cases.admin.credit import CreditInline
from cases.admin.desk import DeskAdmin
from cases.admin.entering import Entering, EnteringMedia
from cases.admin.figure import FigureInline
from cases.admin.history import CaseHistory
from cases.admin.moves import CaseMoves
from cases.admin.rich_text import RichTextInput, RichTextInputField
from cases.admin.source import CitationInline
from cases.admin.status import StatusChangeInline
from cases.admin.todo import TodoFilter
from cases.admin.versioned import VersionedForm
from cases.exports.case import CASES
from cases.models import Case, CaseVersion
from cases.models.case_version import REASON_LENGTH
from cases.models.rich_text import RichTextField
from cases.people import name_of
from cases.remits import remit_of
from cases.rich_text import lost_pictures
from districts.admin import PlaceFilter

LOST_PICTURES = "正文里有 {} 张图片没有保存：粘贴带不过来。请把图片作为附件上传、保存，再在正文里插入"


class CaseForm(CorrectingForm, VersionedForm):
    """Keeps a published case complete, and one handed in where its checkers are."""

    why = forms.CharField(
        label="修改说明",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text="可不填。改了什么、为什么改，记入修改历史",
    )

    class Meta:
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "themes": forms.CheckboxSelectMultiple,
            "summary": forms.Textarea(attrs={"rows": 4}),
            "background": RichTextInput(attrs={"rows": 8}),
            "approach": RichTextInput(attrs={"rows": 18}),
            "results": RichTextInput(attrs={"rows": 8}),
            "lessons": RichTextInput(attrs={"rows": 6}),
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.is_published:
            for name in ("district", "sector", "summary"):
                if name in self.fields and name not in self.errors and not self.cleaned_data.get(name):
                    self.add_error(name, "已发布的案例不能没有这一项；要清空，请先撤下案例")
        is_in_review = self.instance.status == Case.Status.REVIEW and "district" in self.fields
        if is_in_review and "district" not in self.errors and not self.cleaned_data.get("district"):
            self.add_error("district", "待审的案例要有区划，否则没有审核员看得到；要清空，请先退回或撤回")
        return cleaned


@admin.register(Case)
class CaseAdmin(Entering, CaseHistory, CaseCorrecting, BulkCaseAdmin):
    class Media(EnteringMedia):
        css: ClassVar[Any] = {"all": [*EnteringMedia.css["all"], *CaseMoves.Media.css["all"]]}

    form = CaseForm
    formfield_overrides = {**DeskAdmin.formfield_overrides, RichTextField: {"form_class": RichTextInputField}}
    inlines = [CreditInline, FigureInline, CitationInline, AttachmentInline, CorrectionInline, StatusChangeInline]
    # What a case has only once it is stored.
    later_inlines = (CorrectionInline, StatusChangeInline)
    list_display = ["number", "title", "state", "place", "sector", "leads", "updated"]
    list_display_links = ["number", "title"]
    list_filter = [TodoFilter, "status", "kind", "sector", "themes", PlaceFilter, "year"]
    list_select_related = ["district", "sector"]
    list_per_page = 50
    ordering = ["-updated_at", "-pk"]
    search_fields = ["number", "title", "brand_name", "summary", "credits__organisation__name"]
    search_help_text = "按编号、标题、品牌名称、摘要或组织查找"
    autocomplete_fields = ["district", "part_of"]
    filed_under = ("district",)
    readonly_fields = ["number", "state", "entered", "updated_at", "published_at"]
    fieldsets = Entering.case_fieldsets
    reason = ("为什么改", {"fields": ["why"]})
    actions = [*CaseMoves.actions, *BulkCaseAdmin.bulk_actions]
    export_subject = CASES
    export_stem = "cases"
    record_fields = [("number", "state", "entered"), ("updated_at", "published_at")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        cases = super().get_queryset(request).defer(*Case.PLAIN[1:])
        return cases.prefetch_related("credits__organisation").order_by(*self.ordering)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_read = {"may_read_articles": may_import_articles(request.user)}
        return super().changelist_view(request, may_read | (extra_context or {}))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        proposed = {"year": timezone.localdate().year}
        if len(own := remit_of(request.user).districts) == 1:
            proposed["district"] = own[0].pk
        return proposed | super().get_changeform_initial_data(request)

    # Taking away

    def rows_for_export(self, *, whole: bool) -> QuerySet[Case]:
        return Case.objects.for_page()

    def name_in_record(self, row: Case) -> str:
        return row.number

    # Rights

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or workflow.may_discard(request.user, obj))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        case = self.get_object(request, unquote(object_id))
        if case and case.is_published and self.has_delete_permission(request):
            self.message_user(request, f"案例 {case} 已发布，不能删除。请先撤下", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:cases_case_change", args=[case.pk]))
        return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if self.has_delete_permission(request) and any(case.is_published for case in objs):
            lacking.discard(self.opts.verbose_name)
            lacking.add("案例（已发布的不能删除，请先撤下）")
        return deleted, counts, lacking, protected

    # The form

    def get_inlines(self, request: HttpRequest, obj: Case | None) -> Any:
        return [inline for inline in self.inlines if obj or inline not in self.later_inlines]

    def get_fieldsets(self, request: HttpRequest, obj: Case | None = None) -> Any:
        record = [("记录", {"fields": self.record_fields, "classes": ["record"]})] if obj else []
        reason = [self.reason] if obj and self.has_change_permission(request, obj) else []
        return [*self.fieldsets, *record, *reason]

    # Saving

    def save_model(self, request: HttpRequest, obj: Case, form: Any, change: bool) -> None:
        if lost := sum(lost_pictures(form.data.get(name, ""), getattr(obj, name)) for name in Case.RICH):
            self.message_user(request, LOST_PICTURES.format(lost), messages.WARNING)
        if not change:
            super().save_model(request, obj, form, change)
            return
        if self.is_only_moved(form):
            return
        if not obj.claim_version(form.started_from):
            raise StaleSave
        # Only what is in the form: the status may have moved since the case was read.
        stored = {field.name for field in Case._meta.concrete_fields}
        obj.save(update_fields=[*(name for name in form.changed_data if name in stored), "updated_at"])

    def is_only_moved(self, form: Any) -> bool:
        """Whether a button that moves the case was pressed and nothing typed: the move makes the version then."""
        is_told = form.has_changed() or form.cleaned_data.get("nature") == "correct"
        return getattr(form.instance, "is_only_moved", False) and not is_told

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if self.is_only_moved(form):
            return
        why = "；".join(filter(None, (form.nature_told, form.cleaned_data.get("why", ""))))
        CaseVersion.objects.record(form.instance, by=request.user, why=why)

    # Columns

    def view_on_site(self, case: Case) -> str:
        return case.get_absolute_url()

    @admin.display(description="状态", ordering="status")
    def state(self, case: Case) -> str:
        return format_html('<span class="state state-{}">{}</span>', case.status, case.get_status_display())

    @admin.display(description="区划", ordering="district__code")
    def place(self, case: Case) -> str:
        return format_html('<span title="{}">{}</span>', case.district, case.district.name) if case.district else ""

    @admin.display(description="修改时间", ordering="updated_at")
    def updated(self, case: Case) -> str:
        return timezone.localtime(case.updated_at).strftime("%Y-%m-%d")

    @admin.display(description="主办组织")
    def leads(self, case: Case) -> str:
        return "、".join(organisation.label for organisation in case.leads)

    @admin.display(description="录入")
    def entered(self, case: Case) -> str:
        when = timezone.localtime(case.created_at).strftime("%Y-%m-%d %H:%M")
        by = case.created_by
        return f"{name_of(by)}，{when}" if by else when
