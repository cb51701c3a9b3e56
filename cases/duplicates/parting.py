"""Undo a merge: both records as they were, or nothing and a word why."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from cases import audit, search
from cases.duplicates.carrying import seen_by
from cases.duplicates.ledger import rows_of
from cases.duplicates.merging import raise_versions, state_of
from cases.models import Case, CaseVersion, Credit, Discarded, Merge, ShortlistItem
from cases.models.merge import CASE, may_merge_at_all
from cases.models.rich_text import PlainTextField
from cases.people import signature_of
from cases.restoring import Restoration
from cases.snapshots import changed_parts
from cases.version_words import labels

MOST_TOLD = 5
READERS = ShortlistItem._meta.label_lower
NOT_THERE = object()


def refusal(user: Any, merge: Merge) -> str:
    """Say why this person may not undo a merge; nothing where they may."""
    if not may_merge_at_all(user) or not Merge.objects.curated_by(user).filter(pk=merge.pk).exists():
        return "您没有撤销这次合并的权限，请联系上级审核员"
    return ""


def part(merge: Merge, *, by: Any) -> None:
    """Put everything back as it was before the merge.

    Raises ValidationError naming what was changed since and stands in the way, and then changes nothing.
    """
    with transaction.atomic():
        merge = Merge.objects.select_for_update().get(pk=merge.pk)
        if merge.undone_at:
            raise ValidationError("这次合并已经撤销过了")
        if refused := refusal(by, merge):
            raise ValidationError(refused)
        Parting(merge, by).make()


class Parting:
    def __init__(self, merge: Merge, by: Any) -> None:
        self.merge, self.by = merge, by
        self.model: Any = apps.get_model(merge.kind)

    def make(self) -> None:
        merge = self.merge
        kept = self.model.objects.select_for_update().filter(pk=merge.kept_id).first()
        if problems := self._standing_in_the_way(kept):
            raise ValidationError(problems)
        self._raise(kept)
        own, others = self._changes()
        self._put(own)
        self._remove_added()
        back = self._bring_back()
        self._put(others)
        if isinstance(back, Case):
            status = merge.data[0]["fields"]["status"]
            Case.objects.filter(pk=back.pk).update(status=status)
        Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now(), undone_by_name=signature_of(self.by))
        self._keep_versions(kept)
        self._tell_search(back)
        audit.record(audit.Action.UNMERGED, by=self.by, about=back, into=[merge.kept_key])

    # What was changed since

    def _standing_in_the_way(self, kept: Any) -> list[str]:
        merge = self.merge
        noun = f"{merge.kind_name} {merge.kept_key}" if self.model is Case else f"组织“{merge.kept_title}”"
        if kept is None:
            return [f"{noun}{self._where_is(merge.kept_id)}"]
        if later := Merge.objects.standing().filter(kind=merge.kind, kept_id=kept.pk, pk__gt=merge.pk).last():
            return [f"{noun}以后又并入了{later.gone_key}，请先撤销那一次合并"]
        if waits := self._needed_by_later():
            return [waits]
        if changed := _differing(merge.kept_state, state_of(kept)):
            named = "、".join(self._label(name) for name in changed)
            return [f"{noun}合并以后又改过：{named}。请先改回合并时的内容，或手工分开"]
        told = self._changed_since() + self._added_since()
        return [*told[:MOST_TOLD], f"等共 {len(told)} 处"] if len(told) > MOST_TOLD else told

    def _needed_by_later(self) -> str:
        """Name a later merge into a case that shows this body: it could not be undone any more after this one."""
        cases = self.merge.raised.get(CASE, []) if self.merge.kind != CASE else []
        later = Merge.objects.standing().filter(kind=CASE, kept_id__in=cases, pk__gt=self.merge.pk).last()
        if later is None:
            return ""
        seen = Case.objects.visible_to(self.by, preview=True).filter(pk=later.kept_id).exists()
        return f"以后有案例并入了{later.kept_key if seen else '署名有它的案例'}，请先撤销那一次合并"

    def _label(self, name: str) -> str:
        if self.model is Case and name in (named := labels()):
            return named[name]
        return str(self.model._meta.get_field(name).verbose_name)

    def _where_is(self, pk: int) -> str:
        if later := Merge.objects.standing().of(self.merge.kind, pk).first():
            return f"已并入{later.kept_key}，请先撤销那一次合并"
        is_binned = Discarded.objects.filter(kind=self.merge.kind, object_id=pk).exists()
        return "在回收站里，请先恢复" if is_binned else "已经不在库里"

    def _changed_since(self) -> list[str]:
        """Rows that do not hold any more what the merge gave them."""
        told = []
        for label, changes in _by_model(self._changes()[1]).items():
            rows = {values["pk"]: values for values in rows_of(label, sorted({one["pk"] for one in changes}))}
            for pk, ones in groupby(changes, key=lambda one: one["pk"]):
                values = rows.get(pk)
                if label == READERS:
                    continue
                if values is None:
                    told.append(self._told(label, pk, "已删去"))
                elif any(values[one["field"]] != one["after"] for one in ones):
                    told.append(self._told(label, pk, "以后又改过"))
        return told

    def _added_since(self) -> list[str]:
        told = []
        for label, ones in _by_model(self.merge.added).items():
            there = apps.get_model(label)._base_manager.filter(pk__in=[one["pk"] for one in ones])
            if there.count() != len(ones):
                told.append(f"{self.merge.kept_key} 的选项以后又改过")
        return told

    def _told(self, label: str, pk: Any, what: str) -> str:
        """Name a row to this curator, as far as they may know of it."""
        model = apps.get_model(label)
        noun = "榜单条目里的组织" if model._meta.auto_created else model._meta.verbose_name
        row = seen_by(self.by, model._base_manager.filter(pk=pk)).first()
        named = "" if row is None or model._meta.auto_created else f"“{row}”"
        return f"带过去的{noun}{named}{what}"

    # Putting back

    def _changes(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Changes of the record itself, which may have a name that the other one needs, and those of other rows."""
        own: list[dict[str, Any]] = []
        others: list[dict[str, Any]] = []
        for one in self.merge.changes:
            is_own = one["model"] == self.merge.kind and one["pk"] == self.merge.kept_id
            (own if is_own else others).append(one)
        return own, _without_what_readers_changed(others)

    def _put(self, changes: list[dict[str, Any]]) -> None:
        for label, ones in _by_model(changes).items():
            model: Any = apps.get_model(label)
            alike: dict[str, list[Any]] = defaultdict(list)
            values: dict[str, dict[str, Any]] = {}
            for pk, columns in groupby(ones, key=lambda one: one["pk"]):
                fields = [(model._meta.get_field(one["field"]), one["before"]) for one in columns]
                written = {
                    field.attname: field.to_python(before)
                    for field, before in fields
                    if not isinstance(field, PlainTextField)  # which is worked out
                }
                alike[repr(written)].append(pk)
                values[repr(written)] = written
            for known, pks in alike.items():
                model._default_manager.filter(pk__in=pks).update(**values[known])

    def _remove_added(self) -> None:
        for label, ones in _by_model(self.merge.added).items():
            apps.get_model(label)._base_manager.filter(pk__in=[one["pk"] for one in ones]).delete()

    def _bring_back(self) -> models.Model:
        if self.model is Case and self.merge.data[0]["fields"]["status"] == Case.Status.PUBLISHED:
            # What is public needs a lead and a source, which are still the other one's.
            head = self.merge.data[0]
            self.merge.data = [head | {"fields": head["fields"] | {"status": "withdrawn"}}, *self.merge.data[1:]]
            back = self._restored()
            self.merge.refresh_from_db(fields=["data"])
            return back
        return self._restored()

    def _restored(self) -> models.Model:
        back = Restoration(self.merge)
        if problems := back.problems():
            raise ValidationError(problems)
        if lost := back.put():
            raise ValidationError([f"{one}，不能原样撤销" for one in lost])
        return back.rows[0]

    # Versions and search

    def _raise(self, kept: Any) -> None:
        kept.claim_version(kept.version)
        for label, pks in self.merge.raised.items():
            raise_versions(apps.get_model(label), pks)

    def _keep_versions(self, kept: Any) -> None:
        why = f"撤销合并“{self.merge.gone_title}”"
        if isinstance(kept, Case):
            CaseVersion.objects.record(kept, by=self.by, why=f"撤销合并{self.merge.gone_key}")
            why = "所属的案例撤销了合并"
        cases = Case.objects.filter(pk__in=self.merge.raised.get(Case._meta.label_lower, []))
        CaseVersion.objects.record_many(sorted(cases.values_list("pk", flat=True)), by=self.by, why=why)

    def _tell_search(self, back: models.Model) -> None:
        cases = set(self.merge.raised.get(Case._meta.label_lower, []))
        both = {back.pk, self.merge.kept_id}
        # Names of bodies are put back without the signal that tells the search of the cases that show them.
        shown = Credit.objects.filter(organisation__in=both).values_list("case", flat=True)
        cases |= both if isinstance(back, Case) else set(shown)
        search.record(sorted(cases))


def _without_what_readers_changed(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A place that a reader removed from a list stays removed, and what they wrote meanwhile stays theirs."""
    pks = sorted({one["pk"] for one in changes if one["model"] == READERS})
    now = {values["pk"]: values for values in rows_of(READERS, pks)}
    return [
        one
        for one in changes
        if one["model"] != READERS or now.get(one["pk"], {}).get(one["field"], NOT_THERE) == one["after"]
    ]


def _differing(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Names of what a record says otherwise than it did after the merge."""
    if "fields" in before:
        return changed_parts(before, now)
    return [name for name in before if before[name] != now.get(name)]


def _by_model(ones: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in sorted(ones, key=lambda one: (one["model"], one["pk"])):
        found[one["model"]].append(one)
    return found
