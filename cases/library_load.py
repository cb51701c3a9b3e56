"""Store the library's data files in the database, all of them or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from cases import audit
from cases.library_file import TERMS, Library, LibraryFile, read_library, value_of
from cases.models import (
    AwardEntry,
    AwardList,
    Case,
    CaseVersion,
    Citation,
    Credit,
    Figure,
    FunnelStage,
    IssuedNumber,
    Merge,
    Organisation,
    Sector,
    Source,
    Term,
    Theme,
)
from cases.models.merge import ORGANISATION
from cases.models.qualifier import Qualifier
from cases.search import fold
from districts.models import District


def load_library(folder: Path, *, update: bool = False, report: Callable[[str], None] = lambda line: None) -> None:
    """Add what the files of `folder` have and the database lacks; with `update`, also bring the rest to their state.

    Repeatable: what curators entered or corrected stays, unless `update` says otherwise. Raises LibraryError with every
    problem of every file, and then nothing is stored.
    """
    library = read_library(folder)
    with audit.at_the_end():
        loader = _Loader(library, update=update)
        loader.add_terms(library.terms, report)
        count: Counter[Any] = Counter()
        for file in library.files:
            loader.add_bodies(file)
        for file in library.files:
            added = loader.add_file(file)
            count.update(added)
            report(f"{file.path.name}：新增 {added[Case]} 个案例、{added[AwardList]} 个榜单")
            for record in file.cases:
                if record["number"] in loader.retired:
                    report(f"{file.path.name}：案例 {record['number']} 已被删除，编号不再使用，没有装入")
        loader.link(library)
        loader.record()
        if update or count.total():
            audit.record(audit.Action.IMPORTED, cases=count[Case], lists=count[AwardList], is_update=update)


class _Loader:
    def __init__(self, library: Library, *, update: bool) -> None:
        self.update = update
        self.loaded_at = timezone.now()  # one moment for all, so that they stand in the order of their numbers
        for model, records in ((Sector, library.sectors), (Theme, library.themes)):
            for position, record in enumerate(records):
                self.store(model, {"slug": record["slug"]}, record | {"position": position})
        self.sectors = {sector.name: sector for sector in Sector.objects.all()}
        self.themes = {theme.name: theme for theme in Theme.objects.all()}
        self.districts = District.objects.in_bulk(field_name="code")
        self.organisations: dict[str, Organisation] = {}
        self.fresh: set[models.Model] = set()
        self.changed: dict[int, Case] = {}
        # Numbers of cases that were deleted: never used again, not by loading either.
        issued = {str(number) for number in IssuedNumber.objects.all()}
        self.retired = issued - set(Case.objects.values_list("number", flat=True))
        # Names of organisations that went into others: the one that has their cases now.
        merges = Merge.objects.standing().filter(kind=ORGANISATION)
        stays = Organisation.objects.in_bulk(merges.values_list("kept_id", flat=True))
        self.merged = {one.gone_title: stays[one.kept_id] for one in merges if one.kept_id in stays}

    def store(self, model: Any, key: dict[str, Any], values: dict[str, Any]) -> tuple[Any, bool]:
        """Create the record of `key`, or update it if asked to; return it and whether its parts are to be written."""
        found = model.objects.filter(**key).first()
        if found is None:
            return model.objects.create(**(key | values)), True
        if self.update:
            for name, value in values.items():
                setattr(found, name, value)
            found.claim_version(found.version)  # a form that was opened before is stale
            found.save()
        return found, self.update

    def add_terms(self, terms: list[Term], report: Callable[[str], None]) -> None:
        """Store the terms that fit beside the curators' own, and tell the reason for each of the others."""
        if not terms:
            return
        stored = {fold(term.word): term for term in Term.objects.all()}
        waiting = [term for term in terms if fold(term.word) not in stored]
        if self.update:
            pairs = [(stored[fold(term.word)], term) for term in terms if fold(term.word) in stored]
            waiting += [found for found, term in pairs if _correct(found, term)]
        before = len(stored)
        refusals = self.save_what_fits(waiting)
        report(f"{TERMS}：新增 {Term.objects.count() - before} 个词条")
        for refusal in refusals:
            report(refusal)

    def save_what_fits(self, waiting: list[Term]) -> list[str]:
        """Save terms until none of the rest fits: a spelling may have to leave one term before it can join another."""
        while waiting:
            refused = {}
            for term in waiting:
                try:
                    term.full_clean()
                except ValidationError as error:
                    refused[id(term)] = f"{TERMS}：词条 {term} 没有装入：{'；'.join(error.messages)}"
                else:
                    term.save()
            if len(refused) == len(waiting):
                return list(refused.values())
            waiting = [term for term in waiting if id(term) in refused]
        return []

    def district(self, text: str | None) -> District | None:
        return self.districts[text.split()[0]] if text else None

    def add_bodies(self, file: LibraryFile) -> None:
        for body in file.organisations:
            values = {
                "kind": value_of(Organisation.Kind, body["kind"]),
                "short_name": body.get("short_name", ""),
                "district": self.district(body.get("district")),
                "former_names": "\n".join(body.get("former_names") or []),
            }
            if body["name"] in self.merged and not Organisation.objects.filter(name=body["name"]).exists():
                self.organisations[body["name"]] = self.merged[body["name"]]
            if body["name"] not in self.organisations:
                self.organisations[body["name"]] = self.store(Organisation, {"name": body["name"]}, values)[0]

    def add_file(self, file: LibraryFile) -> dict[type[models.Model], int]:
        values = {name: file.source.get(name, "") for name in ("publisher", "title", "authors", "page", "url", "note")}
        values |= {
            "kind": value_of(Source.Kind, file.source["kind"]),
            "published": str(file.source.get("published", "")),
        }
        source, _ = self.store(Source, {"key": file.source["key"]}, values)
        before = {model: model.objects.count() for model in (Case, AwardList)}
        for record in file.cases:
            self.add_case(record, source)
        for record in file.award_lists:
            self.add_award_list(record, source)
        return {model: model.objects.count() - count for model, count in before.items()}

    def add_case(self, record: dict[str, Any], source: Source) -> None:
        if record["number"] in self.retired:
            return
        values = {section: _text(record.get(section)) for section in Case.SECTIONS} | {
            "title": record["title"],
            "brand_name": record.get("brand_name", ""),
            "kind": value_of(Case.Kind, record["kind"]),
            "year": int(record["number"][:4]),
            "start_year": record.get("start_year"),
            "district": self.district(record["district"]),
            "sector": self.sectors[record["sector"]],
        }
        case, write_parts = self.store(Case, {"number": record["number"]}, values)
        if not write_parts:
            return
        self.changed[case.pk] = case
        case.themes.set([self.themes[name] for name in record.get("themes") or []])
        Citation.objects.get_or_create(case=case, source=source)
        self.add_credits(case, record["credits"])
        case.figures.all().delete()
        Figure.objects.bulk_create(
            Figure(case=case, source=source, position=position, **_figure(row))
            for position, row in enumerate(record.get("figures") or [])
        )
        if case.status == Case.Status.DRAFT:
            # All at one time, so that the newest are in the order of their numbers.
            case.published_at = self.loaded_at
            case.save(update_fields=["published_at"])
            case.publish(by=None)

    def add_credits(self, case: Case, rows: list[dict[str, str]]) -> None:
        # New ones first: a published case is at no time without its lead.
        kept = []
        for position, row in enumerate(rows):
            credit, _ = Credit.objects.update_or_create(
                case=case,
                organisation=self.organisations[row["organisation"]],
                role=value_of(Credit.Role, row["role"]),
                defaults={"position": position},
            )
            kept.append(credit.pk)
        case.credits.exclude(pk__in=kept).delete()

    def add_award_list(self, record: dict[str, Any], source: Source) -> None:
        values = {
            "title": record["title"],
            "series": _text(record.get("series")),
            "organiser": self.organisations.get(record.get("organiser", "")),
            "year": record["year"],
            "level": value_of(AwardList.Level, record["level"]),
            "order": value_of(AwardList.Order, record["order"]),
            "description": _text(record.get("description")),
            "how_made": _text(record.get("how_made")),
            "status": AwardList.Status.PUBLISHED,
        }
        award_list, write_parts = self.store(AwardList, {"slug": record["slug"]}, values)
        if not write_parts:
            return
        award_list.sources.add(source)
        award_list.funnel.all().delete()
        for position, row in enumerate(record.get("funnel") or []):
            stage = {"stage": row["stage"], "count": row["count"], "qualifier": _qualifier(row)}
            FunnelStage.objects.create(award_list=award_list, position=position, **stage)
        self.fresh.add(award_list)

    def link(self, library: Library) -> None:
        """Join what may stand in different files: superiors, parts, and entries with their cases."""
        cases = Case.objects.in_bulk(field_name="number")
        for file in library.files:
            for body in file.organisations:
                organisation = self.organisations[body["name"]]
                is_own = organisation.name == body["name"]
                if is_own and body.get("parent") and (organisation.parent is None or self.update):
                    organisation.parent = self.organisations[body["parent"]]
                    organisation.save()
            for record in file.cases:
                case = cases.get(record["number"])
                if case and record.get("part_of") in cases and (case.part_of_id is None or self.update):
                    case.part_of = cases[record["part_of"]]
                    case.save()
                    self.changed[case.pk] = case
            for record in file.award_lists:
                award_list = AwardList.objects.get(slug=record["slug"])
                if award_list in self.fresh:
                    self.add_entries(award_list, record.get("entries") or [], cases)

    def record(self) -> None:
        for case in self.changed.values():
            CaseVersion.objects.record(case, why="装入数据文件")

    def add_entries(self, award_list: AwardList, rows: list[dict[str, Any]], cases: dict[str, Case]) -> None:
        award_list.entries.all().delete()
        for position, row in enumerate(rows):
            bodies = [self.organisations[name] for name in row.get("organisations") or []]
            entry = AwardEntry.objects.create(
                award_list=award_list,
                position=position,
                title=row["title"],
                organisations_as_announced=row.get("announced") or "、".join(body.name for body in bodies),
                district=self.district(row.get("district")),
                case=cases.get(row.get("case", "")),
                rank=row.get("rank"),
                tier=row.get("tier", ""),
                note=row.get("note", ""),
            )
            entry.organisations.set(bodies)


def _correct(stored: Term, term: Term) -> bool:
    """Bring a stored term to the file's state, on or off as it is; say whether anything differed."""
    before = (stored.word, stored.synonyms_text, stored.note)
    stored.word, stored.synonyms_text, stored.note = after = (term.word, term.synonyms_text, term.note)
    return before != after


def _text(text: str | None) -> str:
    return (text or "").strip()


def _qualifier(row: dict[str, Any]) -> str:
    return value_of(Qualifier, row["qualifier"]) if row.get("qualifier") else ""


def _figure(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "indicator": row["indicator"],
        "qualifier": _qualifier(row),
        "value": str(row["value"]),
        "unit": row["unit"],
        "year": row.get("year"),
        "as_printed": str(row.get("as_printed", "")),
    }
