"""The two vocabularies: sectors and themes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from cases.admin.versioned import VersionedAdmin
from cases.models import Case, Sector, Theme

# So many of the cases are told that keep a word from being deleted.
TOLD = 20


@admin.register(Sector, Theme)
class VocabularyAdmin(VersionedAdmin):
    list_display = ["name", "slug", "position", "case_count", "note"]
    search_fields = ["name", "slug", "note"]
    ordering = ["position", "pk"]
    fields = ["name", "slug", "position", "note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        cases = Case.objects.visible_to(request.user, preview=True).values("pk")
        return super().get_queryset(request).annotate(case_count=Count("cases", filter=Q(cases__in=cases)))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A word that cases have is taken off them first, in bulk: that leaves versions, and is undone as one."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        themes = [word for word in objs if isinstance(word, Theme)]
        used = Case.objects.filter(themes__in=themes).order_by("number").distinct()[:TOLD]
        return deleted, counts, lacking, [*protected, *(str(case) for case in used)]

    @admin.display(description="案例数", ordering="case_count")
    def case_count(self, word: Any) -> int:
        return word.case_count
