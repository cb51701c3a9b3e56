"""Award lists with their funnel and entries."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases import audit
from cases.admin.desk import PlainChoosers
from cases.admin.importing import ImportingAdmin
from cases.admin.rows import RowFormSet
from cases.admin.versioned import VersionedAdmin, VersionedForm
from cases.exports.award_list import LISTS
from cases.models import AwardEntry, AwardList, Case, FunnelStage


class FunnelInline(admin.TabularInline):
    model = FunnelStage
    formset = RowFormSet
    verbose_name_plural = "评选环节"
    extra = 1
    fields = ["stage", "qualifier", "count", "position"]


class EntryFormSet(RowFormSet):
    """Ranks are checked across the rows, so that two entries may swap theirs in one save."""

    def clean(self) -> None:
        super().clean()
        by_rank = defaultdict(list)
        for form in self.rows():
            by_rank[form.instance.rank].append(form.instance.title)
        unranked = by_rank.pop(None, [])
        problems = [f"名次 {rank} 重复：{'、'.join(titles)}" for rank, titles in by_rank.items() if len(titles) > 1]
        if unranked and self.instance.order == AwardList.Order.RANKED:
            problems.append(f"排名榜单的每个条目都要有名次，还缺：{'、'.join(unranked)}")
        if problems:
            raise ValidationError(problems)

    def save(self, commit: bool = True) -> list[Any]:
        leaving = [form for form in self.initial_forms if "rank" in form.changed_data or form in self.deleted_forms]
        moving = [form.instance.pk for form in leaving]
        self.model._default_manager.filter(pk__in=moving).update(rank=None)
        return super().save(commit)


class EntryInline(PlainChoosers, admin.StackedInline):
    model = AwardEntry
    formset = EntryFormSet
    extra = 1
    fields = [
        ("position", "rank", "tier"),
        "title",
        "organisations_as_announced",
        "organisations",
        ("district", "case"),
        "note",
    ]
    autocomplete_fields = ["organisations", "district", "case"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AwardEntry]:
        return super().get_queryset(request).prefetch_related("organisations")


class SeriesInput(forms.TextInput):
    """Offers the series of the lists that the curator may see, so that all lists of one are written alike."""

    user: Any = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        lists = AwardList.objects.visible_to(self.user, preview=True).exclude(series="")
        known = lists.order_by("series").values_list("series", flat=True).distinct()
        options = format_html_join("", '<option value="{}">', ((series,) for series in known))
        field = super().render(name, value, {**(attrs or {}), "list": "known-series"}, renderer)
        return format_html('{}<datalist id="known-series">{}</datalist>', field, options)


class AwardListForm(VersionedForm):
    class Meta:
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "series": SeriesInput(attrs={"class": "vTextField"}),
            "description": forms.Textarea(attrs={"rows": 4}),
            "how_made": forms.Textarea(attrs={"rows": 6}),
        }


@admin.register(AwardList)
class AwardListAdmin(VersionedAdmin, ImportingAdmin):
    form = AwardListForm
    inlines = [FunnelInline, EntryInline]
    list_display = ["title", "year", "level", "organiser", "order", "status", "entry_count"]
    list_filter = ["status", "level", "order", "year"]
    list_select_related = ["organiser"]
    ordering = ["-year", "title"]
    search_fields = ["title", "series", "slug", "organiser__name", "entries__title"]
    search_help_text = "按名称、系列、主办方或条目查找"
    autocomplete_fields = ["organiser", "sources"]
    fieldsets = [
        ("是什么", {"fields": ["title", "slug", ("year", "level"), "series", "organiser", "order"]}),
        ("怎样产生", {"fields": ["description", "how_made", "sources"]}),
        ("发布", {"fields": ["status"]}),
    ]

    actions = ["export_selected"]
    export_subject = LISTS
    export_stem = "lists"

    def rows_for_export(self, *, whole: bool) -> QuerySet[AwardList]:
        """Cases are named only where they are public, whoever takes the list: it is a file about lists."""
        return AwardList.objects.for_export(Case.objects.visible_to(None))

    def name_in_record(self, row: AwardList) -> str:
        return row.slug

    def get_queryset(self, request: HttpRequest) -> QuerySet[AwardList]:
        return super().get_queryset(request).annotate(entry_count=Count("entries"))

    def may_publish(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cases.publish_awardlist")

    def has_delete_permission(self, request: HttpRequest, obj: AwardList | None = None) -> bool:
        is_draft = obj is None or obj.status == AwardList.Status.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: AwardList | None = None) -> list[str]:
        fixed = [] if self.may_publish(request) else ["status"]
        # Readers have the address of a published list in their links.
        return [*fixed, "slug"] if obj and obj.status == AwardList.Status.PUBLISHED else fixed

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if form_field and isinstance(form_field.widget, SeriesInput):
            form_field.widget.user = request.user
        return form_field

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        is_published = form.instance.status == AwardList.Status.PUBLISHED
        if (is_published and not change) or (change and "status" in form.changed_data):
            audit.record(audit.Action.PUBLISHED if is_published else audit.Action.WITHDRAWN, about=form.instance)

    def view_on_site(self, award_list: AwardList) -> str | None:
        return award_list.get_absolute_url() if award_list.status == AwardList.Status.PUBLISHED else None

    @admin.display(description="条目数", ordering="entry_count")
    def entry_count(self, award_list: Any) -> int:
        return award_list.entry_count
