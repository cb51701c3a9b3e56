"""What comes with the portal, loaded once in each process of a test run; later tests get its rows as they were."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from shutil import copytree
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Count, Max, Min

from cases import search
from cases.models import AuditEntry, AuditHead, Case, IndexChange
from districts.models import District

Rows = list[tuple[Any, ...]] | bytes

# A chain that only the portal lengthens: loading is entered, a copy is not.
AUDITED = (AuditEntry, AuditHead)

# What was loaded, by app: what there was before, and the rows of each table that it filled.
_kept: dict[str, tuple[Any, dict[str, Rows]]] = {}


def districts() -> None:
    _put("districts", lambda: call_command("import_districts", verbosity=0))


def library() -> None:
    """The cases and all that belongs to them, beside the districts; no index."""
    _put("cases", lambda: call_command("load_library", verbosity=0))


def _put(app: str, load: Callable[[], object]) -> None:
    """Fill an app's tables; with a copy, if they and what they point to are as they were then."""
    tables = _tables(app)
    beside = {} if app == "districts" else District.objects.aggregate(Count("pk"), Min("pk"), Max("pk"))
    before = {table: _read(table) for table in tables}
    if app in _kept and _kept[app][0] == (beside, before):
        _write(_kept[app][1], tables)
        return
    load()
    changed = {table: rows for table in tables if (rows := _read(table)) != before[table]}
    if not any(before[table] for table in changed):
        _kept[app] = ((beside, before), changed)


def _tables(app: str) -> dict[str, type[models.Model]]:
    """Cases come last: the guards want a lead and a source of those that are public."""
    models_of_app = apps.get_app_config(app).get_models(include_auto_created=True)
    found = [model for model in models_of_app if model._meta.managed and not issubclass(model, AUDITED)]
    return {model._meta.db_table: model for model in sorted(found, key=lambda model: model is Case)}


def _read(table: str) -> Rows:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.copy_expert(f"COPY {table} TO STDOUT", copied := BytesIO())
            return copied.getvalue()
        return list(cursor.execute(f"SELECT * FROM {table}").fetchall())


def _write(kept: dict[str, Rows], tables: dict[str, type[models.Model]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in kept.items():
            if not rows:
                continue
            if isinstance(rows, bytes):
                cursor.copy_expert(f"COPY {table} FROM STDIN", BytesIO(rows))
            else:
                cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables.values())):
            cursor.execute(statement)


def index(folder: Path) -> None:
    """Give the library its index: made by the first test that asks, and copied from this folder for the others."""
    kept = folder / "of {first} to {last}".format(**Case.objects.aggregate(first=Min("pk"), last=Max("pk")))
    if not kept.exists():
        search.rebuild()
        copytree(settings.SEARCH_ROOT, kept, symlinks=True)
        return
    copytree(kept, settings.SEARCH_ROOT, symlinks=True)
    IndexChange.objects.all().delete()
