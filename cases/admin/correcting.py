"""What a save of a published case was: better words, or a correction that readers are told of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from cases.admin.correction import CorrectionInline
from cases.admin.moves import CaseMoves
from cases.models import Case
from cases.workflow import MOVES

NATURES = [("polish", "文字润色：意思不变，不告诉读者"), ("correct", "勘误：原来写错了，读者会看到下面的说明")]
ASKED = ("nature", "wrong", "right", "corrected_on", "corrected_why")
LONGEST = 500


class CorrectingForm(forms.ModelForm):
    is_changed = False
    nature = forms.ChoiceField(label="这次修改是", choices=NATURES, widget=forms.RadioSelect, required=False)
    wrong = forms.CharField(
        label="原来写的", required=False, max_length=LONGEST, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    right = forms.CharField(
        label="现在改成", required=False, max_length=LONGEST, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    corrected_on = forms.DateField(
        label="更正日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    corrected_why = forms.CharField(
        label="原因", required=False, max_length=200, widget=forms.TextInput(attrs={"class": "vTextField"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["corrected_on"] = timezone.localdate()
        if not (self.instance.pk and self.instance.is_published):
            for name in ASKED:
                del self.fields[name]

    @cached_property
    def changed_data(self) -> list[str]:
        """Of the case itself, not of what is told about the change."""
        return [name for name in super().changed_data if name not in ASKED]

    @property
    def asked(self) -> list[Any]:
        """The fields that ask, for the template; none on a case that readers do not see."""
        return [self[name] for name in ASKED if name in self.fields]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "nature" in self.fields and "nature" not in self.errors:
            nature = self.cleaned_data.get("nature")
            stored = {field.name for field in self.instance._meta.get_fields()}
            self.is_changed = not stored.isdisjoint(self.changed_data) or getattr(
                self.instance, "has_changed_rows", False
            )
            if self.is_changed and not nature:
                self.add_error("nature", "案例已发布，请选择这次修改是文字润色还是勘误，再保存")
            if nature == "correct":
                self._check_correction()
        return cleaned

    @property
    def nature_told(self) -> str:
        """What was answered, for the history."""
        move = MOVES.get(self.cleaned_data.get("nature", ""))
        return move.label if move and (self.is_changed or move.name == "correct") else ""

    def _check_correction(self) -> None:
        wrong, right = self.cleaned_data.get("wrong"), self.cleaned_data.get("right")
        if not wrong and "wrong" not in self.errors:
            self.add_error("wrong", "请填写原来写的是什么")
        if not right and "right" not in self.errors:
            self.add_error("right", "请填写现在改成了什么")
        if wrong and wrong == right:
            self.add_error("right", "与原来写的相同，请核对")


class CaseCorrecting(CaseMoves):
    """Asks on the form of a published case what its change was, and records the answer."""

    def _create_formsets(self, request: HttpRequest, obj: Case, change: bool) -> Any:
        """Note on the case whether its rows change, since the form that asks knows of its own fields only."""
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        if request.method == "POST" and obj.pk:
            rows = [
                formset
                for formset, inline in zip(formsets, inlines, strict=True)
                if not isinstance(inline, CorrectionInline)
            ]
            obj.has_changed_rows = any(formset.has_changed() for formset in rows)  # type: ignore[attr-defined]
            obj.is_only_moved = (  # type: ignore[attr-defined]
                request.POST.get("_move", "") in MOVES and not any(formset.has_changed() for formset in formsets)
            )
        return formsets, inlines

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        told, case = form.cleaned_data, form.instance
        if told.get("nature") == "correct":
            on = told.get("corrected_on") or timezone.localdate()
            case.correct(request.user, told["wrong"], told["right"], on, told.get("corrected_why", ""))
        elif form.nature_told:
            case.polish(request.user)
