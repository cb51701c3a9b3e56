"""Putting back what is in the bin: everything exactly as it was, or nothing and a word why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import models, transaction

from cases import audit
from cases.discarding import BATCH
from cases.models import Case, Discarded, Merge, ShortlistItem, Theme
from cases.search import record as look_again

Key = tuple[type[models.Model], Any]


def restore(discarded: Discarded) -> list[str]:
    """Put everything back, and return in words what could not be linked again.

    Raises ValidationError saying why it cannot be put back, and then changes nothing.
    """
    with transaction.atomic():
        discarded = Discarded.objects.select_for_update().get(pk=discarded.pk)
        back = Restoration(discarded)
        if problems := back.problems():
            raise ValidationError(problems)
        lost = back.put()
        discarded.delete()
        audit.record(audit.Action.UNDISCARDED, about=back.rows[0])
    return lost


class Restoration:
    """The rows of one record that left the library, and what of all that they need is gone."""

    def __init__(self, discarded: Discarded | Merge) -> None:
        self.discarded = discarded
        read = list(serializers.deserialize("python", discarded.data, ignorenonexistent=True))
        rows = [one.object for one in read]
        missing = _missing({key for row in rows for _, key in _needs(row)} - {(type(row), row.pk) for row in rows})
        self.lost: list[Key] = []
        self.gone: list[Key] = []
        self.kept = [one for one in read if self._stays(one.object, missing)]
        self.rows = [one.object for one in self.kept]

    def _stays(self, row: models.Model, missing: set[Key]) -> bool:
        """Forget what the row can do without. Links to what is gone stay away: rows of plain many-to-many tables,
        places on lists that readers removed, and what was the own of somebody who has no account any more.
        """
        for field, key in _needs(row):
            if key not in missing:
                continue
            if field.null and field.remote_field.on_delete is models.SET_NULL:
                setattr(row, field.attname, None)
            elif isinstance(row, ShortlistItem) or field.related_model is get_user_model():
                return False
            elif row._meta.auto_created:
                self.lost.append(key)
                return False
            else:
                self.gone.append(key)
        return True

    def problems(self) -> list[str]:
        """Why it cannot be put back, in words; nothing if it can."""
        found = [f"{_told(key)}，请先恢复或补上" for key in self.gone]
        keys: set[Key] = {(type(row), row.pk) for row in self.rows}
        taken = keys - _missing(keys)
        found += [f"{row._meta.verbose_name}“{row}”已经在库里" for row in self.rows if (type(row), row.pk) in taken]
        return list(dict.fromkeys(found or self._conflicts()))

    def _conflicts(self) -> list[str]:
        """Numbers, addresses and names that were given to others meanwhile."""
        row, found = self.rows[0], []
        for check in (row.clean, row.validate_unique, row.validate_constraints):
            try:
                check()
            except ValidationError as error:
                told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
                for name, messages in told.items():
                    unique = [field for field in row._meta.concrete_fields if field.name == name and field.unique]
                    found += [self._taken(field) for field in unique] or messages
        return found

    def _taken(self, field: Any) -> str:
        value = getattr(self.rows[0], field.name)
        return f"{field.verbose_name}“{value}”已被别的{self.discarded.kind_name}使用，请先改掉那一个"

    def put(self) -> list[str]:
        for one in self.kept:
            one.save(force_insert=True)
        lost = [f"{_told(key)}，没有重新关联" for key in self.lost]
        lost += [told for link in self.discarded.links if (told := _link_again(link))]
        # Rows of a many-to-many table come back without the signal that tells the search of them.
        if isinstance(self.rows[0], Theme):
            tagged = Case.themes.through
            look_again(row.case_id for row in self.rows if isinstance(row, tagged))
        return list(dict.fromkeys(lost))


def _needs(row: models.Model) -> list[tuple[Any, Key]]:
    """Each filled foreign key of a row with what it points to."""
    relations: list[Any] = [field for field in row._meta.concrete_fields if field.is_relation]
    keys = [(field, getattr(row, field.attname)) for field in relations]
    return [(field, (field.related_model, key)) for field, key in keys if key is not None]


def _missing(keys: set[Key]) -> set[Key]:
    """Those of these records that are not in the library."""
    by_model = defaultdict(list)
    for model, pk in keys:
        by_model[model].append(pk)
    found: set[Key] = set()
    for model, wanted in by_model.items():
        for start in range(0, len(wanted), BATCH):
            there = model._base_manager.filter(pk__in=wanted[start : start + BATCH])
            found |= {(model, pk) for pk in there.values_list("pk", flat=True)}
    return keys - found


def _told(key: Key) -> str:
    """Name what is gone; in the bin it has its name still."""
    model, pk = key
    found = Discarded.objects.filter(kind=model._meta.label_lower, object_id=pk).first()
    if found:
        return f"{found.kind_name}“{found.title}”已删除，在回收站里"
    return f"原来的{model._meta.verbose_name}已经不在库里"


def _link_again(link: dict[str, Any]) -> str:
    """Set a link that was taken away, where nothing else was put in its place; say what could not be linked."""
    model: Any = apps.get_model(link["model"])
    row = model._base_manager.filter(pk=link["pk"]).first()
    if row is None:
        return ""
    field = model._meta.get_field(link["field"])
    if getattr(row, field.attname) is not None:
        rows = model._default_manager.all()
        # Of a list of another district that is a draft yet, not even what it announces.
        is_open = not hasattr(rows, "visible_to") or rows.visible_to(None).filter(pk=row.pk).exists()
        return f"{model._meta.verbose_name}{f'“{row}”' if is_open else ''}已改连别处"
    setattr(row, field.attname, link["value"])
    row.save(update_fields=[field.name])
    return ""
