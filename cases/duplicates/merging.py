"""Make one record of two: one stays with all that hung on either, the other leaves the library and is kept whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F

from cases import audit, search
from cases.discarding import LONGEST_TITLE, Whole, links_of, rows_of
from cases.duplicates import fields
from cases.duplicates.carrying import carry, hanging_on
from cases.duplicates.ledger import GROWING, Ledger, stored
from cases.models import AwardEntry, AwardList, Case, CaseVersion, Credit, Merge, Organisation, PossibleDuplicate
from cases.models.merge import may_merge_at_all
from cases.people import signature_of
from cases.snapshots import snapshot

STALE = "没有合并：您打开之后，别人修改了“{}”。下面已是最新的内容，请重新核对再合并"


def refusal(user: Any, kept: Any, gone: Any) -> str:
    """Say why this person may not make one of these two; nothing where they may."""
    noun = kept._meta.verbose_name
    if type(kept) is not type(gone) or kept.pk == gone.pk:
        return "请选两个不同的记录"
    if not may_merge_at_all(user):
        return f"您没有合并{noun}的权限，请联系审核员"
    own = type(kept).objects.editable_by(user).filter(pk__in=[kept.pk, gone.pk]).count()
    if own != 2:
        return f"两个{noun}要都在您的管辖范围内才能合并，请联系上级审核员"
    return ""


def must_stay(one: Any, other: Any) -> Any:
    """Which of two has to stay: the public one, lest its page go away; None where either may."""
    if isinstance(one, Case) and one.is_published != other.is_published:
        return one if one.is_published else other
    return None


def merge(
    kept: Any, gone: Any, *, by: Any, choices: dict[str, str] | None = None, versions: tuple[int, int] | None = None
) -> Merge:
    """Let `kept` stay with all that hangs on either; `choices` say by field whose words it has.

    `versions` are those of the two that the choices were made over. Raises ValidationError saying why it cannot be,
    and then changes nothing.
    """
    with transaction.atomic():
        kept, gone = _locked(kept, gone)
        for record, version in zip((kept, gone), versions or (), strict=False):
            if record.version != version:
                raise ValidationError(STALE.format(record))
        if refused := refusal(by, kept, gone):
            raise ValidationError(refused)
        if must_stay(kept, gone) == gone:
            raise ValidationError(f"案例 {gone.number} 已发布，{kept.number} 没有：请保留已发布的那一个")
        return Merging(kept, gone, by).make(choices or {})


def _locked(kept: Any, gone: Any) -> tuple[Any, Any]:
    model = type(kept)
    rows = model.objects.select_for_update().order_by("pk").in_bulk([kept.pk, gone.pk])
    if len(rows) != 2:
        raise ValidationError("没有合并：其中一个已经删除，或者刚被别人合并")
    return rows[kept.pk], rows[gone.pk]


class Merging:
    """One merge under way, inside its transaction."""

    def __init__(self, kept: Any, gone: Any, by: Any) -> None:
        self.kept, self.gone, self.by = kept, gone, by
        self.model: Any = type(kept)
        self.ledger = Ledger()
        self.raised: dict[str, list[int]] = {}

    def make(self, choices: dict[str, str]) -> Merge:
        kept, gone = self.kept, self.gone
        values = fields.chosen(kept, gone, choices)
        names = {"kept": _names_of(kept), "gone": _names_of(gone)}
        started = kept.version
        touched = self._touched()
        kept.claim_version(started)
        self._raise(touched)
        self.ledger.watch(self.model.objects.filter(pk=kept.pk))
        head = serializers.serialize("python", [gone], fields=[one.name for one in gone._meta.concrete_fields])
        if isinstance(gone, Case) and gone.is_published:
            # The guards of the database keep a lead and a source on what is public.
            Case.objects.filter(pk=gone.pk).update(status=Case.Status.WITHDRAWN)
        told = [carry(one, kept, self.ledger, self.by) for one in hanging_on(gone, kept)]
        data, links = self._take_out(head[0])
        self._write(values)
        self._tick_off()
        made = Merge.objects.create(
            kind=self.model._meta.label_lower,
            gone_id=head[0]["pk"],
            gone_key=names["gone"][0],
            gone_title=names["gone"][1],
            kept_id=kept.pk,
            kept_key=names["kept"][0],
            kept_title=_names_of(kept)[1],
            kept_state=state_of(kept),
            district_code=gone.district.code if gone.district else "",
            entered_by_id=gone.created_by_id,
            data=[*data, *self.ledger.removed],
            links=links,
            changes=self.ledger.changes(),
            added=self.ledger.added,
            raised=self.raised,
            told=[one.told for one in told if one.moved or one.clashed],
            by=self.by,
            by_name=signature_of(self.by),
        )
        if isinstance(kept, Case):
            CaseVersion.objects.record(kept, by=self.by, why=f"合并{names['gone'][0]}《{names['gone'][1]}》")
        # Parts may be in districts that know nothing of the case above them; a body's name is on their cases.
        why = "所属的案例并入了另一个" if isinstance(kept, Case) else made_of(made)
        CaseVersion.objects.record_many(self.raised[Case._meta.label_lower], by=self.by, why=why)
        self._tell_search(touched)
        audit.record(audit.Action.MERGED, by=self.by, about=kept, merged=[names["gone"][0]])
        return made

    # Other records that change with it

    def _touched(self) -> dict[type[models.Model], list[int]]:
        """Records whose forms show what is carried over: what was typed into these before is late."""
        gone: Any = self.gone
        if isinstance(gone, Case):
            lists = AwardEntry.objects.filter(case=gone).values_list("award_list", flat=True)
            parts = gone.parts.exclude(pk=self.kept.pk).values_list("pk", flat=True)
            return {AwardList: _each(lists), Case: _each(parts)}
        entries = AwardEntry.objects.filter(organisations=gone).values_list("award_list", flat=True)
        organised = AwardList.objects.filter(organiser=gone).values_list("pk", flat=True)
        children = gone.children.exclude(pk=self.kept.pk).values_list("pk", flat=True)
        cases = Credit.objects.filter(organisation=gone).values_list("case", flat=True)
        return {AwardList: _each([*entries, *organised]), Organisation: _each(children), Case: _each(cases)}

    def _raise(self, touched: dict[type[models.Model], list[int]]) -> None:
        for model, pks in touched.items():
            raise_versions(model, pks)
            self.raised[model._meta.label_lower] = pks

    # The two records

    def _take_out(self, head: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Delete the record that goes, with all that is left on it; return its rows, and what still pointed to it."""
        gone = self.gone
        above = "part_of" if isinstance(gone, Case) else "parent"
        self.model.objects.filter(pk=self.kept.pk, **{above: gone.pk}).update(**{above: None})
        collector = Whole(using="default", origin=gone)
        collector.collect([gone])
        rows = rows_of(gone, collector)
        links = links_of(collector)
        self.model.objects.get(pk=gone.pk).delete()
        return [head, *rows[1:]], links

    def _write(self, values: dict[str, Any]) -> None:
        kept = self.kept
        columns = []
        for name, value in values.items():
            field = kept._meta.get_field(name)
            if field.many_to_many:
                self._choose(field, value)
            else:
                setattr(kept, field.attname, value)
                columns.append(name)
        if columns:
            kept.full_clean(exclude={one.name for one in kept._meta.fields if one.name not in columns})
        if isinstance(kept, Case):
            if kept.is_published and (lacking := kept.missing_for_publication()):
                raise ValidationError(f"没有合并：已发布的案例不能没有{'、'.join(lacking)}")
            columns.append("updated_at")
        if columns:
            kept.save(update_fields=columns)

    def _choose(self, field: Any, value: list[int]) -> None:
        through = field.remote_field.through
        own = through._base_manager.filter(**{self.model._meta.model_name: self.kept.pk})
        word = field.related_model._meta.model_name
        self.ledger.remove(own.exclude(**{f"{word}__in": value}))
        before = set(own.values_list("pk", flat=True))
        getattr(self.kept, field.name).add(*value)
        self.ledger.add(through, set(own.values_list("pk", flat=True)) - before)

    def _tick_off(self) -> None:
        label = self.model._meta.label_lower
        pairs = PossibleDuplicate.objects.between(label, self.kept.pk, self.gone.pk)
        self.ledger.watch(pairs)
        pairs.update(state=PossibleDuplicate.State.MERGED)

    def _tell_search(self, touched: dict[type[models.Model], list[int]]) -> None:
        cases = {*touched[Case], *self._cases_on(touched[AwardList])}
        if isinstance(self.kept, Case):
            cases |= {self.kept.pk}
        search.record(sorted(cases))

    def _cases_on(self, lists: list[int]) -> list[int]:
        if not lists or isinstance(self.kept, Case):
            return []
        return list(AwardEntry.objects.filter(award_list__in=lists).exclude(case=None).values_list("case", flat=True))


def state_of(record: Any) -> dict[str, Any]:
    """What a record says, as a merge remembers it: all but its version."""
    if isinstance(record, Case):
        return snapshot(record)
    values = stored(type(record).objects.filter(pk=record.pk))[0]
    return {name: value for name, value in values.items() if name not in GROWING}


def made_of(made: Merge) -> str:
    return f"合并组织“{made.gone_title}”"


def raise_versions(model: type[models.Model], pks: list[int]) -> None:
    """Take the next version of each, so that a form opened before is noticed."""
    if model is Case:
        CaseVersion.objects.begin_many(pks)
    model._base_manager.filter(pk__in=pks).update(version=F("version") + 1)


def _each(pks: Iterable[int]) -> list[int]:
    return sorted(set(pks))


def _names_of(record: Any) -> tuple[str, str]:
    """What a record is called: its number or key, and its name."""
    if isinstance(record, Case):
        return record.number, record.title[:LONGEST_TITLE]
    return str(record.pk), record.name[:LONGEST_TITLE]
