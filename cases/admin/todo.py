"""The questions of the first page as a filter of the list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cases.models import Case
from cases.todo import QUESTIONS


class TodoFilter(admin.SimpleListFilter):
    title = "待办"
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        asked = [question for question in QUESTIONS.values() if request.user.has_perm(question.right)]
        return [(question.name, question.label) for question in asked]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if not self.value():
            return queryset
        question = QUESTIONS.get(str(self.value()))
        return queryset.filter(pk__in=question.answer(request.user).values("pk")) if question else queryset.none()
