"""Districts: found by name or code, corrected by administrators."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest

from districts.models import District, compact_code


class PlaceFilter(admin.SimpleListFilter):
    """Provinces and cities that occur in a list of things with a `district`; the subtree counts."""

    title = "区划"
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        used = model_admin.get_queryset(request).exclude(district=None).values_list("district__code", flat=True)
        codes = {code[:length] for code in used.order_by().distinct() for length in (2, 4)}
        return [(place.code, place.full_name) for place in District.objects.places().filter(code__in=codes)]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if not self.value():
            return queryset
        place = District.objects.filter(code=self.value()).first()
        return queryset.within(place) if place else queryset.none()


class OwnFilters(admin.ModelAdmin):
    """A list that is narrowed by its own filters alone.

    Django would take any column with any lookup from the address: `id__in` with a number that no database holds,
    `updated_at__year=0`, on which it breaks off.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        if not super().lookup_allowed(lookup, value, request):
            return False
        filters: list[Any] = [one[0] if isinstance(one, tuple) else one for one in self.get_list_filter(request)]
        ends = ("", "__exact", "__id__exact", "__isnull")
        known = {f"{name}{end}" for name in filters if isinstance(name, str) for end in ends}
        known |= {name for one in filters for name in getattr(one, "parameters", [getattr(one, "parameter_name", "")])}
        if lookup not in known:
            raise IncorrectLookupParameters
        return True


class OnlyToRead(OwnFilters):
    """What the portal writes by itself: nobody adds, changes or deletes any of it by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(District)
class DistrictAdmin(OwnFilters):
    list_display = ["name", "code", "level", "full_name", "standing"]
    list_filter = ["level", "is_former"]
    search_fields = ["full_name", "^code"]
    search_help_text = "按名称或代码查找"
    ordering = ["code"]
    autocomplete_fields = ["parent"]
    fields = ["code", "name", "level", "parent", "is_former"]
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: District | None = None) -> list[str]:
        # The code is what the whole subtree and every address is made of.
        return ["code", "level", "parent"] if obj else []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[District], search_term: str
    ) -> tuple[QuerySet[District], bool]:
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            queryset = self._offered(request, queryset.current())  # type: ignore[attr-defined]
        return super().get_search_results(request, queryset, compact_code(search_term.strip()))

    def _offered(self, request: HttpRequest, districts: QuerySet[District]) -> QuerySet[District]:
        """Those that the form which asks takes, if it holds its curators to some (`districts_for`)."""
        model = apps.get_model(request.GET["app_label"], request.GET["model_name"])
        asking: Any = self.admin_site._registry.get(model)
        if not hasattr(asking, "districts_for"):
            return districts
        return districts.filter(pk__in=asking.districts_for(request, request.GET["field_name"]).values("pk"))

    @admin.display(description="状态", ordering="is_former")
    def standing(self, district: District) -> str:
        return "已撤销" if district.is_former else "现行"

    def view_on_site(self, district: District) -> str | None:
        return district.get_absolute_url()
