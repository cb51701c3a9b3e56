"""What of a case is searched, declared to Haystack; how it is indexed is the business of `cases.search`."""

from __future__ import annotations

from haystack import indexes

from cases.models import Case
from cases.models.case_queryset import CaseQuerySet


class CaseIndex(indexes.SearchIndex, indexes.Indexable):
    """Each field is weighted by `cases.search.documents.WEIGHTS`; `text` has everything."""

    text = indexes.CharField(document=True)
    number = indexes.CharField(model_attr="number")
    title = indexes.CharField(model_attr="title")
    brand_name = indexes.CharField(model_attr="brand_name")
    organisations = indexes.MultiValueField()
    district = indexes.CharField()
    sector = indexes.CharField()
    themes = indexes.MultiValueField()
    awards = indexes.MultiValueField()
    summary = indexes.CharField(model_attr="summary")
    figures = indexes.MultiValueField()
    sections = indexes.MultiValueField()

    def get_model(self) -> type[Case]:
        return Case

    def index_queryset(self, using: str | None = None) -> CaseQuerySet:
        """Public cases, with everything that the fields need, so that the number of queries does not grow."""
        return Case.objects.visible_to(None).for_cards().prefetch_related("figures")

    def prepare(self, obj: Case) -> dict[str, object]:
        prepared = super().prepare(obj)
        values = [value for name, value in prepared.items() if name in self.fields and name != "text"]
        flat = [part for value in values for part in (value if isinstance(value, list) else [value])]
        prepared["text"] = "\n".join(part for part in flat if part)
        return prepared

    def prepare_organisations(self, case: Case) -> list[str]:
        """Names, short names and former names, each once."""
        organisations = [credit.organisation for credit in case.credits.all()]
        names = [[body.name, body.short_name, *body.earlier_names] for body in organisations]
        return list(dict.fromkeys(name for some in names for name in some if name))

    def prepare_district(self, case: Case) -> str:
        return case.district.full_name if case.district else ""

    def prepare_sector(self, case: Case) -> str:
        return case.sector.name if case.sector else ""

    def prepare_themes(self, case: Case) -> list[str]:
        return [theme.name for theme in case.themes.all()]

    def prepare_awards(self, case: Case) -> list[str]:
        """Titles of the published lists that the case is on."""
        return list(dict.fromkeys(entry.award_list.title for entry in case.shown_awards))

    def prepare_figures(self, case: Case) -> list[str]:
        """Each figure as the page writes it and as its source printed it."""
        return [f"{figure} {figure.as_printed}".strip() for figure in case.figures.all()]

    def prepare_sections(self, case: Case) -> list[str]:
        return [text for _, _, text in case.sections]
