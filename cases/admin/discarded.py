"""The bin: what was deleted, to look at, to put back, and for administrators to empty."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from cases import discarding
from cases.admin.desk import UNTOLD
from cases.models import Discarded
from cases.people import name_of
from cases.restoring import restore
from cases.workflow import DISCARD
from districts.admin import OwnFilters
from districts.models import District

TOLD: Any = ["title", "kind_name", "place", "who", "at"]
WHOLE: Any = [*TOLD, "contents"]


class KindFilter(admin.SimpleListFilter):
    title = "种类"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = model_admin.get_queryset(request).order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, str(apps.get_model(kind)._meta.verbose_name)) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Discarded]) -> QuerySet[Discarded]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Discarded)
class DiscardedAdmin(OwnFilters):
    class Media:
        css: ClassVar[Any] = {"all": ["css/desk.css"]}

    list_display = TOLD
    list_filter = [KindFilter]
    list_select_related = ["by"]
    search_fields = ["title"]
    search_help_text = "按名称查找"
    fields = WHOLE
    readonly_fields = WHOLE
    actions = ["restore_selected"]
    change_list_template = "admin/cases/discarded/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discarded]:
        place = District.objects.filter(code=OuterRef("district_code")).values("full_name")
        rows = Discarded.objects.curated_by(request.user).annotate(place_name=Subquery(place))
        match = getattr(request, "resolver_match", None)
        return rows.defer("data", "links") if match and match.url_name.endswith("changelist") else rows

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("empty/", wrap(self.empty_view), name="cases_discarded_empty"),
            path("<path:object_id>/restore/", wrap(self.restore_view), name="cases_discarded_restore"),
            *super().get_urls(),
        ]

    # Rights

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DISCARD)

    def has_view_permission(self, request: HttpRequest, obj: Discarded | None = None) -> bool:
        is_theirs = obj is None or Discarded.objects.curated_by(request.user).filter(pk=obj.pk).exists()
        return request.user.has_perm(DISCARD) and is_theirs

    def has_restore_permission(self, request: HttpRequest, obj: Discarded | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Putting back

    @admin.action(description="恢复所选的记录", permissions=["restore"])
    def restore_selected(self, request: HttpRequest, rows: QuerySet[Discarded]) -> None:
        for row in rows.order_by("-pk"):
            self._restore(request, row)

    def restore_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_restore_permission(request, row):
            raise PermissionDenied
        if not self._restore(request, row):
            return HttpResponseRedirect(reverse("admin:cases_discarded_change", args=[row.pk]))
        model = apps.get_model(row.kind)
        opened = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        return HttpResponseRedirect(reverse(opened, args=[row.object_id]))

    def _restore(self, request: HttpRequest, row: Discarded) -> bool:
        try:
            lost = restore(row)
        except Discarded.DoesNotExist:
            self.message_user(request, f"{row} 已经不在回收站里", messages.ERROR)
            return False
        except ValidationError as error:
            self.message_user(request, f"{row} 没有恢复：{'；'.join(error.messages)}", messages.ERROR)
            return False
        self.message_user(request, f"{row} 已恢复。", messages.SUCCESS)
        if lost:
            self.message_user(request, f"有的关联没有恢复：{'；'.join(lost)}", messages.WARNING)
        return True

    # Emptying

    def delete_model(self, request: HttpRequest, obj: Discarded) -> None:
        discarding.empty(Discarded.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Discarded]) -> None:
        discarding.empty(queryset)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        self.message_user(request, f"{obj_display} 已彻底删除。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_discarded_changelist"))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        _, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return [str(one) for one in objs], counts, lacking, protected

    def empty_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request)
        if request.method == "POST":
            count = discarding.empty(rows)
            self.message_user(request, f"回收站已清空，彻底删除了 {count} 条记录。", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:cases_discarded_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "清空回收站",
            "count": rows.count(),
        }
        return TemplateResponse(request, "admin/cases/discarded/empty.html", context)

    # Columns

    @admin.display(description="种类", ordering="kind")
    def kind_name(self, row: Discarded) -> str:
        return row.kind_name

    @admin.display(description="区划", ordering="district_code")
    def place(self, row: Any) -> str:
        return row.place_name or ""

    @admin.display(description="删除人")
    def who(self, row: Discarded) -> str:
        return name_of(row.by) if row.by else ""

    @admin.display(description="一起删除的")
    def contents(self, row: Discarded) -> str:
        """How many rows of each kind went with it; links have no name."""
        counts: Counter[str] = Counter()
        for one in row.data[1:]:
            model = apps.get_model(one["model"])
            if not model._meta.auto_created and model not in UNTOLD:
                counts[str(model._meta.verbose_name)] += 1
        return "、".join(f"{name} {count}" for name, count in counts.items())
