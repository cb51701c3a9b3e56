"""Filters whose refusals are Chinese sentences that name what would be right."""

import re
from typing import Any

import django_filters as filters
from django import forms

from districts.models import District


class DistrictField(forms.CharField):
    """A code as GB/T 2260 prints it or shorter, to a District."""

    def clean(self, value: Any) -> District | None:
        code = super().clean(value)
        if not code:
            return None
        try:
            return District.objects.visible_to(None).by_public_code(code)
        except District.DoesNotExist:
            raise forms.ValidationError(f"没有代码为“{code}”的区划，请从区划列表中选择") from None


class DistrictFilter(filters.Filter):
    field_class = DistrictField


class YearsField(forms.TypedMultipleChoiceField):
    """Any four-digit years; one without cases is valid and finds none."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid_choice": "“%(value)s”不是年份，请写四位数字，如 2020"}
        super().__init__(coerce=int, error_messages=messages, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return re.fullmatch(r"(19|20)[0-9]{2}", str(value)) is not None


class YearsFilter(filters.Filter):
    field_class = YearsField


class SlugsFilter(filters.ModelMultipleChoiceFilter):
    def __init__(self, *, what: str, **kwargs: Any) -> None:
        messages = {"invalid_choice": f"没有名为“%(value)s”的{what}，请从列表中选择"}
        super().__init__(to_field_name="slug", error_messages=messages, **kwargs)


class ValuesFilter(filters.MultipleChoiceFilter):
    def __init__(self, *, what: str, **kwargs: Any) -> None:
        messages = {"invalid_choice": f"“%(value)s”不是可选的{what}，请从列表中选择"}
        super().__init__(error_messages=messages, **kwargs)


def words_of_errors(browse: filters.FilterSet) -> list[str]:
    """What is wrong with an address, one Chinese sentence for each fault."""
    return [
        f"{browse.filters[name].label}：{message}"
        for name, messages in browse.form.errors.items()
        for message in messages
    ]
