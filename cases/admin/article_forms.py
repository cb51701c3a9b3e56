"""The fields of what was read from an article: shown as they were typed, right or wrong, and checked as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms

from cases.admin.article_words import Known, RecordField, Vocabulary
from cases.admin.figure import NumberField
from cases.articles.proposals import Proposals
from cases.models import AwardEntry, AwardList, Case, Citation, Credit, Organisation, Source
from cases.models.number import YEARS
from cases.models.qualifier import Qualifier
from cases.models.source import validate_partial_date

CHOOSE = "请选择"


class ArticlePartForm(forms.Form):
    """One part of what was read. `kept` is that part as it is stored; what was typed goes back by `typed`."""

    use_required_attribute = False
    NAMES: tuple[str, ...] = ()

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str) -> None:
        self.words, self.kept = words, kept
        data = {f"{prefix}-{name}": value for name, value in kept.items() if name not in {"found", "at"}}
        super().__init__(data, prefix=prefix, label_suffix="")

    @classmethod
    def typed(cls, names: Iterable[str], data: Any, prefix: str) -> dict[str, Any]:
        """What came for these names, as it came."""
        return {name: data.get(f"{prefix}-{name}", "").replace("\r\n", "\n").replace("\0", "")[:4000] for name in names}


def _year(label: str, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        validators=YEARS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
        error_messages={"required": "请填写年份，如 2020", "invalid": "年份应为四位数字，如 2020"},
    )


def _line(label: str, most: int, *, required: bool = False, told: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={
            "required": told or f"请填写{label}",
            "max_length": f"{label}最多 {most} 字，现有 %(show_value)d 字",
        },
    )


def _select(label: str, choices: Any, *, required: bool = False, empty: str = "（未定）") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", empty), *choices],
        required=required,
        error_messages={"required": f"请选择{label}", "invalid_choice": f"{label}请从列表中选"},
    )


class SourceForm(ArticlePartForm):
    NAMES = ("existing", "title", "publisher", "kind", "published", "page", "authors", "url")

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str = "source") -> None:
        super().__init__(words, kept, prefix)
        is_new = not kept["existing"]
        self.fields |= {
            "existing": RecordField(
                words.sources,
                Citation._meta.get_field("source"),
                label="库里已有的来源",
                required=False,
                help_text="选了就引用它，下面各项不再用",
            ),
            "title": _line("标题", 200, required=is_new),
            "publisher": _line("发布者", 100, required=is_new, told="请填写发布者：报刊、网站或机关名称"),
            "kind": _select("类型", Source.Kind.choices, required=is_new),
            "published": forms.CharField(
                label="发布日期",
                required=False,
                validators=[validate_partial_date],
                help_text="2020-11-16、2020-11 或 2020",
                widget=forms.TextInput(attrs={"size": 10}),
            ),
            "authors": _line("作者", 200),
            "page": _line("版次或页码", 40),
            "url": forms.URLField(
                label="网址",
                max_length=500,
                required=False,
                assume_scheme="https",
                widget=forms.URLInput(attrs={"class": "vLargeTextField"}),
            ),
        }
        if not kept["existing"]:
            _offer(self, "existing", words.sources)


class ListForm(ArticlePartForm):
    NAMES = ("take", "title", "organiser", "year", "level", "order")

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str = "list") -> None:
        super().__init__(words, kept, prefix)
        is_taken = bool(kept["take"])
        self.fields |= {
            "take": forms.BooleanField(label="把整篇文章存为一份榜单草稿", required=False),
            "title": _line("名称", 120, required=is_taken),
            "organiser": RecordField(
                words.organisations, AwardList._meta.get_field("organiser"), label="主办方", required=False
            ),
            "year": _year("年份", required=is_taken),
            "level": _select("级别", AwardList.Level.choices, required=is_taken),
            "order": _select("排列方式", AwardList.Order.choices, empty="不分先后（没有写明）"),
        }


class StageForm(ArticlePartForm):
    NAMES = ("take", "stage", "qualifier", "count")

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str) -> None:
        super().__init__(words, kept, prefix)
        is_taken = bool(kept["take"])
        self.fields |= {
            "take": forms.BooleanField(label="收", required=False),
            "stage": _line("环节", 20, required=is_taken),
            "qualifier": _select("限定词", Qualifier.choices, empty="（无）"),
            "count": forms.IntegerField(
                label="件数",
                min_value=0,
                max_value=2_000_000_000,
                required=is_taken,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
            ),
        }


class CaseForm(ArticlePartForm):
    NAMES = ("title", "brand_name", "kind", "district", "sector", "year", "start_year")

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str) -> None:
        super().__init__(words, kept, prefix)
        self.fields |= {
            "title": _line("标题", 120, required=True),
            "brand_name": _line("品牌名称", 60),
            "kind": _select("类型", Case.Kind.choices, required=True),
            "year": _year("年度", required=True),
            "start_year": _year("开始年份"),
            "district": RecordField(
                words.districts, Case._meta.get_field("district"), words.outside, label="区划", required=False
            ),
            "sector": _select("领域", words.sectors),
            "themes": forms.MultipleChoiceField(
                label="主题", choices=words.themes, required=False, widget=forms.CheckboxSelectMultiple
            ),
        }
        if not kept["district"]:
            _offer(self, "district", words.districts)


class LeadForm(ArticlePartForm):
    NAMES = ("take", "organisation", "name", "kind", "district")

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str) -> None:
        super().__init__(words, kept, prefix)
        is_new = bool(kept["take"] and kept["name"] and not kept["organisation"])
        self.fields |= {
            "take": forms.BooleanField(label="收", required=False),
            "organisation": RecordField(
                words.organisations, Credit._meta.get_field("organisation"), label="库里已有的组织", required=False
            ),
            "name": _line("或新建：名称", 100),
            "kind": _select("类别", Organisation.Kind.choices, required=is_new, empty="请选择"),
            "district": RecordField(
                words.districts,
                Organisation._meta.get_field("district"),
                words.too_far,
                label="所在区划",
                required=False,
            ),
        }
        if not kept["organisation"]:
            _offer(self, "organisation", words.organisations)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("take")
            and "organisation" not in self.errors
            and not (data.get("organisation") or data.get("name"))
        ):
            self.add_error("organisation", f"{CHOOSE}库里的组织，或填写新建的名称，或去掉“收”")
        return data


def _offer(form: ArticlePartForm, name: str, known: Known) -> None:
    """Put beside an empty chooser what the reader could not decide between; works without a script."""
    notes = form.kept["found"].get(name, {}) if "found" in form.kept else form.kept
    choices = [(key, told) for key in notes.get("choices", ()) if (told := known.told(key))]
    if choices:
        form.fields[f"{name}_choice"] = forms.ChoiceField(
            label=f"{CHOOSE}", choices=choices, required=False, widget=forms.RadioSelect
        )


class FigureForm(ArticlePartForm):
    NAMES = ("take", "indicator", "qualifier", "value", "unit", "year")

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str) -> None:
        super().__init__(words, kept, prefix)
        is_taken = bool(kept["take"])
        self.fields |= {
            "take": forms.BooleanField(label="收", required=False),
            "indicator": _line("指标", 60, required=is_taken),
            "qualifier": _select("限定词", Qualifier.choices, empty="（无）"),
            "value": NumberField(
                label="数值",
                max_digits=18,
                decimal_places=4,
                required=is_taken,
                widget=forms.TextInput(attrs={"size": 10}),
            ),
            "unit": _line("单位", 20, required=is_taken),
            "year": _year("年份"),
        }


class HonourForm(ArticlePartForm):
    NAMES = ("act", "name", "level", "year", "tier", "award_list")
    ACTS = [("", "不记（只作参考）"), ("existing", "记入库里的榜单草稿"), ("new", "新建榜单草稿并记入")]

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str) -> None:
        super().__init__(words, kept, prefix)
        is_new, is_known = kept["act"] == "new", kept["act"] == "existing"
        self.fields |= {
            "act": forms.ChoiceField(label="怎样处理", choices=self.ACTS, required=False),
            "name": _line("名称", 120, required=is_new),
            "year": _year("年份", required=is_new),
            "level": _select("级别", AwardList.Level.choices, required=is_new),
            "tier": _line("等次", 20),
            "award_list": RecordField(
                words.lists,
                AwardEntry._meta.get_field("award_list"),
                label="哪份榜单",
                required=is_known,
                error_messages={"required": "请选择要记入的榜单草稿"},
            ),
        }


class ParagraphForm(ArticlePartForm):
    NAMES = ("section",)
    CHOICES = [("", "（不收）"), *((name, str(Case._meta.get_field(name).verbose_name)) for name in Case.RICH)]  # type: ignore[union-attr]

    def __init__(self, words: Vocabulary, kept: Mapping[str, Any], prefix: str) -> None:
        super().__init__(words, kept, prefix)
        self.fields |= {"section": forms.ChoiceField(label="归入", choices=self.CHOICES, required=False)}


ROWS: dict[str, type[ArticlePartForm]] = {
    "leads": LeadForm,
    "figures": FigureForm,
    "honours": HonourForm,
    "paragraphs": ParagraphForm,
}
# What can be added to what was read, with what an empty row holds.
BLANK: dict[str, dict[str, Any]] = {
    "leads": dict.fromkeys(("take", "organisation", "name", "kind", "district", "announced", "why"), ""),
    "figures": dict.fromkeys((*FigureForm.NAMES, "as_printed", "evidence", "why"), ""),
}
MOST_ROWS = 200


def prefix_of(case: Mapping[str, Any]) -> str:
    return f"c{case['key']}"


def store_case(case: dict[str, Any], data: Any) -> None:
    """Take down what came of one case, as it came; what did not come stays."""
    prefix = prefix_of(case)
    if not _came(CaseForm, data, prefix):
        return
    case |= CaseForm.typed(CaseForm.NAMES, data, prefix)
    case["themes"] = [one for one in data.getlist(f"{prefix}-themes") if one.isascii() and one.isdigit()][:50]
    if not case["district"]:
        case["district"] = data.get(f"{prefix}-district_choice", "")
    for name, form in ROWS.items():
        rows = case[name]
        for place, row in enumerate(rows):
            _store_row(form, row, data, f"{prefix}-{name}-{place}")
        if name in BLANK and len(rows) < MOST_ROWS:
            fresh = BLANK[name] | {"at": [], "choices": []}
            _store_row(form, fresh, data, f"{prefix}-{name}-{len(rows)}")
            if any(fresh[one] for one in form.NAMES if one != "take"):
                rows.append(fresh | {"take": "on"})


def _came(form: type[ArticlePartForm], data: Any, prefix: str) -> bool:
    """Whether a form sent these fields; of boxes that are not ticked nothing comes."""
    return any(f"{prefix}-{name}" in data for name in form.NAMES)


def _store_row(form: type[ArticlePartForm], row: dict[str, Any], data: Any, prefix: str) -> None:
    if not _came(form, data, prefix):
        return
    row |= form.typed(form.NAMES, data, prefix)
    if form is LeadForm and not row["organisation"]:
        row["organisation"] = data.get(f"{prefix}-organisation_choice", "")


def store_whole(proposals: Proposals, data: Any) -> None:
    """Take down what came of the source, the list, and which cases are kept."""
    proposals["source"] |= SourceForm.typed(SourceForm.NAMES, data, "source")
    if not proposals["source"]["existing"]:
        proposals["source"]["existing"] = data.get("source-existing_choice", "")
    proposals["list"] |= ListForm.typed(ListForm.NAMES, data, "list")
    for place, row in enumerate(proposals["list"]["funnel"]):
        _store_row(StageForm, row, data, f"list-funnel-{place}")
    year = _year_of_whole(proposals)
    for case in proposals["cases"]:
        case["take"] = "on" if data.get(f"{prefix_of(case)}-take") else ""
        case["year"] = case["year"] or year


def _year_of_whole(proposals: Proposals) -> str:
    """The year that the list or the source has: typed once, it is not asked for again with every case."""
    told = str(proposals["list"]["year"] or proposals["source"].get("published") or "")[:4]
    return told if re.fullmatch(r"(?:19|20)\d\d", told, re.ASCII) else ""


class CaseForms:
    """All forms of one case."""

    def __init__(self, words: Vocabulary, case: Mapping[str, Any], *, blank: bool = False) -> None:
        prefix = prefix_of(case)
        self.case = case
        self.form = CaseForm(words, case, prefix)
        self.rows = {
            name: [form(words, row, f"{prefix}-{name}-{place}") for place, row in enumerate(case[name])]
            for name, form in ROWS.items()
        }
        self.fresh = {
            name: ROWS[name](words, row | {"at": [], "choices": []}, f"{prefix}-{name}-{len(case[name])}")
            for name, row in BLANK.items()
            if blank
        }

    @cached_property
    def faults(self) -> list[str]:
        """What keeps the case from being taken over, in words."""
        told = [f"{self.form[name].label}：{fault}" for name, faults in self.form.errors.items() for fault in faults]
        for forms_of_kind in self.rows.values():
            for one in forms_of_kind:
                told += [
                    f"{one[name].label}：{fault}"
                    for name, faults in one.errors.items()
                    for fault in faults
                    if one.kept.get("take", "on")
                ]
        if not any(one.kept["take"] for one in self.rows["leads"]):
            told.append("还没有主办组织：请选择或新建一个")
        figures = [_key_of(one.cleaned_data) for one in self.rows["figures"] if one.kept["take"] and one.is_valid()]
        if len(set(figures)) < len(figures):
            told.append("成效数据里有两行的指标、单位、年份和数值都相同，请去掉一行")
        return list(dict.fromkeys(told))


def _key_of(figure: dict[str, Any]) -> tuple[Any, ...]:
    value: Decimal | None = figure.get("value")
    return figure.get("indicator"), figure.get("unit"), figure.get("year"), value
