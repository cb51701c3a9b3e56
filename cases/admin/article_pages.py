"""What the pages of an article show: its text with passages marked, and fields with where they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField
from django.urls import reverse

from cases.admin.article_forms import CaseForms, ListForm, SourceForm, StageForm, prefix_of
from cases.admin.article_words import Vocabulary
from cases.articles.marking import Lines, Paragraph, marked
from cases.articles.proposals import Proposals, passages_of, place_of, quoted
from cases.checks import Link
from cases.duplicates.finding import likely_cases
from cases.duplicates.likeness import pairs_of
from cases.models import ArticleImport, AwardList, BulkChange, BulkRecord, Case, Organisation, Source
from cases.models.case_queryset import columns

# What is to be looked at is said of so many cases.
MOST_FAULTS = 30


@dataclass
class Reading:
    """A field, or a row of fields, with the passage that it was read from."""

    name: str  # as the marks in the article call it
    fields: list[BoundField]
    quote: str = ""
    anchor: int = 0  # number of the paragraph, 0 without a passage
    why: str = ""
    choices: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ident(self) -> str:
        return f"f-{self.name}"


def _reading(
    name: str, fields: Iterable[BoundField], note: Mapping[str, Any], lines: Lines, choices: str = ""
) -> Reading:
    at = note.get("at") or []
    anchor = lines.number(at[0][0]) if at else 0
    return Reading(name, list(fields), quoted(lines.text, at), anchor, note.get("why", ""), choices, note)


def _of_form(form: Any, lines: Lines, names: Iterable[str], before: str = "") -> list[Reading]:
    """A reading for each field of a form, its quick choices beside it; `before` begins the names of all."""
    found = []
    for name in names:
        fields = [form[name], *([form[f"{name}_choice"]] if f"{name}_choice" in form.fields else [])]
        note = form.kept["found"].get(name, {})
        is_open = not form.kept.get(name) and len(fields) == 1
        found.append(_reading(before + name, fields, note, lines, _told(form[name], note) if is_open else ""))
    return found


def _told(bound: BoundField, note: Mapping[str, Any]) -> str:
    labels = {str(key): label for key, label in getattr(bound.field, "choices", ())}
    return "、".join(str(labels.get(key, key)) for key in note.get("choices", ()))


def _titles(user: Any) -> dict[frozenset[str], list[Link]]:
    """The cases that this curator may know of, by what their titles consist of."""
    found: dict[frozenset[str], list[Link]] = {}
    visible = Case.objects.visible_to(user, preview=True)
    for number, title in zip(*columns(visible, "number", "title"), strict=True):
        found.setdefault(pairs_of(title), []).append((f"{number} {title}", reverse("cases:detail", args=[number])))
    return found


@dataclass
class Brief:
    """One case on the page of the whole article."""

    number: int
    case: Mapping[str, Any]
    prefix: str
    leads: str
    place: str
    figures: int
    faults: list[str]
    anchor: int
    same: list[Link]  # cases of the library with this very title


class Overview:
    """The whole article: its source, its list, and each case in brief."""

    def __init__(self, article: ArticleImport, user: Any) -> None:
        self.article, self.lines = article, Lines(article.text)
        proposals: Proposals = article.proposals
        self.proposals = proposals
        self.words = words = Vocabulary(user, proposals, proposals["cases"])
        self.source_form = SourceForm(words, proposals["source"])
        self.list_form = ListForm(words, proposals["list"])
        self.stages = [
            StageForm(words, row, f"list-funnel-{place}") for place, row in enumerate(proposals["list"]["funnel"])
        ]
        self.forms = [CaseForms(words, case) for case in proposals["cases"]]
        self.known = _titles(user)
        self.briefs = [self._brief(number, one) for number, one in enumerate(self.forms, start=1)]

    def _brief(self, number: int, forms: CaseForms) -> Brief:
        case = forms.case
        leads = [
            self.words.organisations.told(row["organisation"]) or row["name"] for row in case["leads"] if row["take"]
        ]
        return Brief(
            number,
            case,
            prefix_of(case),
            "、".join(filter(None, leads)),
            self.words.districts.told(case["district"]),
            sum(bool(row["take"]) for row in case["figures"]),
            forms.faults,
            self.lines.number(case["passage"][0]),
            self.known.get(pairs_of(case["title"]), []) if case["title"] else [],
        )

    @property
    def kept(self) -> list[CaseForms]:
        return [one for one in self.forms if one.case["take"]]

    @property
    def source(self) -> list[Reading]:
        return _of_form(self.source_form, self.lines, SourceForm.NAMES)

    @property
    def award_list(self) -> list[Reading]:
        return _of_form(self.list_form, self.lines, ListForm.NAMES[1:], "list-")

    @property
    def funnel(self) -> list[Reading]:
        return [
            _reading(f"funnel-{place}", [form[name] for name in form.fields], form.kept, self.lines)
            for place, form in enumerate(self.stages)
        ]

    @property
    def paragraphs(self) -> list[Paragraph]:
        source, award = self.proposals["source"]["found"], self.proposals["list"]["found"]
        passages = {name: note.get("at", ()) for name, note in source.items()}
        passages |= {f"list-{name}": note.get("at", ()) for name, note in award.items()}
        for place, row in enumerate(self.proposals["list"]["funnel"]):
            passages[f"funnel-{place}"] = row["at"]
        for one in self.proposals["cases"]:
            passages[f"case-{one['key']}"] = one["found"].get("title", {}).get("at", ())
        beginnings = {one.case["passage"][0]: f"案例 {one.number}" for one in self.briefs}
        return marked(self.lines, passages, beginnings=beginnings)

    @property
    def faults(self) -> list[tuple[str, str, list[str]]]:
        """What keeps the article from being taken over: what it is about, an address, and what is wrong with it."""
        found: list[tuple[str, str, list[str]]] = []
        if not self.kept:
            found.append(("案例", "#cases", ["一个案例也没有选，请至少勾选一个"]))
        for label, anchor, form in (("来源", "#source", self.source_form), ("榜单", "#list", self.list_form)):
            if form.errors:
                found.append((label, anchor, _faults(form)))
        if self.proposals["list"]["take"]:
            found += [("评选环节", "#list", _faults(form)) for form in self.stages if form.kept["take"] and form.errors]
        for brief in self.briefs:
            if brief.case["take"] and brief.faults:
                title = brief.case["title"][:40]
                found.append((f"案例 {brief.number} {title}", f"../cases/{brief.case['key']}/", brief.faults))
        return found[:MOST_FAULTS]


def _faults(form: Any) -> list[str]:
    return [f"{form[name].label}：{fault}" for name, faults in form.errors.items() for fault in faults]


class CasePage:
    """One case beside its passages."""

    def __init__(self, article: ArticleImport, key: str, user: Any) -> None:
        proposals = article.proposals
        self.article, self.lines = article, Lines(article.text)
        self.place = place_of(proposals, key) or 0
        self.case = proposals["cases"][self.place]
        self.number = self.place + 1
        self.count = len(proposals["cases"])
        around = proposals["cases"]
        self.previous = around[self.place - 1]["key"] if self.place else ""
        self.next = around[self.place + 1]["key"] if self.number < self.count else ""
        self.prefix = prefix_of(self.case)
        self.forms = CaseForms(Vocabulary(user, proposals, [self.case]), self.case, blank=True)
        self.faults = self.forms.faults
        self.similar = self._similar(user)

    def _similar(self, user: Any) -> list[Link]:
        """Cases that the library probably has of this one already, with why, and where they stand."""
        case = self.case
        leads = [int(row["organisation"]) for row in case["leads"] if row["take"] and row["organisation"]]
        text = self.lines.text[slice(*case["passage"])]
        found = likely_cases(case["title"], case["brand_name"], leads, text, user)
        return [(f"{one.label}（{one.why}）", one.address) for one in found]

    @property
    def fields(self) -> list[Reading]:
        names = ("title", "brand_name", "kind", "year", "start_year", "district", "sector", "themes")
        return _of_form(self.forms.form, self.lines, names)

    def _rows(self, name: str) -> list[Reading]:
        rows = [
            _reading(f"{name}-{place}", [form[one] for one in form.fields], form.kept, self.lines)
            for place, form in enumerate(self.forms.rows[name])
        ]
        if fresh := self.forms.fresh.get(name):
            rows.append(Reading(f"{name}-new", [fresh[one] for one in fresh.fields if one != "take"]))
        return rows

    @property
    def leads(self) -> list[Reading]:
        return self._rows("leads")

    @property
    def figures(self) -> list[Reading]:
        return self._rows("figures")

    @property
    def honours(self) -> list[Reading]:
        return self._rows("honours")

    @property
    def texts(self) -> list[Reading]:
        return self._rows("paragraphs")

    @property
    def paragraphs(self) -> list[Paragraph]:
        return marked(self.lines, passages_of(self.case), within=self.case["passage"])


# What was made


@dataclass
class Made:
    """One record that came of an article; without an address where the curator may not see it any more."""

    kind: str
    label: str
    address: str


MADE_OF = ((Case, "案例"), (AwardList, "榜单"), (Organisation, "组织"), (Source, "来源"))


def made_by(changes: Iterable[BulkChange], user: Any) -> list[Made]:
    """What these steps made that a curator may see, cases first; a query for each kind."""
    records = list(BulkRecord.objects.filter(change__in=list(changes)).order_by("pk"))
    found = []
    for model, kind in MADE_OF:
        pks = [one.object_id for one in records if one.model == model._meta.label_lower]
        if not pks:
            continue
        seen = set(model.objects.visible_to(user, preview=True).filter(pk__in=pks).values_list("pk", flat=True))
        found += [
            Made(kind, one.label, reverse(f"admin:{one.model.replace('.', '_')}_change", args=[one.object_id]))
            for one in records
            if one.model == model._meta.label_lower and one.object_id in seen
        ]
    return found


@dataclass
class Earlier:
    """That these words, or this title, came before; only as far as the curator may know."""

    imports: list[ArticleImport]
    made: list[Made]


def earlier(article: ArticleImport, user: Any) -> Earlier | None:
    alike = ArticleImport.objects.like(article)
    own = list(alike.visible_to(user).select_related("change").in_brief()[:5])
    done = BulkChange.objects.filter(articles__in=alike, undone_at=None)
    made = [one for one in made_by(done, user) if one.kind in ("案例", "榜单")]
    return Earlier(own, made) if own or made else None
