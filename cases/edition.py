"""The library's edition: a stamp that stands for all that readers' pages, exports and counts are made of.

Whoever reads the stamp first and the content after it may remember the content for as long as the stamp is the same.

That holds by whatever path a change comes, since the database itself renews the stamp: triggers on every table of the
library (`watched`) give it a new random number in the transaction of the change. So the change and its stamp are
committed at one moment, or rolled back together; and a number that only an unfinished transaction saw, and that was
rolled back with it, never comes again, as a counter's would.

- SQLite has one writer at a time: its rows renew the one row of `cases_edition`.
- PostgreSQL has many, who would wait for each other at one row (and lock each other out), and a sequence shows its
  number before the commit. There every statement adds a row of its own, and the stamp is the sum of the numbers of all
  rows that are committed: whichever is committed, in whatever order, makes another sum. `fold` replaces rows by their
  sum.

While the triggers are down (during migrations), the table is empty and the edition unknown: every look at it gives
another stamp. No model stands for the table, lest it be emptied, dumped or loaded like one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from django.apps import apps
from django.db import connections, models, transaction

APPS = ("districts", "cases", "calls")
# What readers or the portal's own works write, and what no page shows to anybody else. All other models are watched.
UNWATCHED = frozenset(
    {
        "cases.articleimport",
        "cases.casesketch",
        "cases.caseversion",
        "cases.auditentry",
        "cases.audithead",
        "cases.bulkchange",
        "cases.bulkrecord",
        "cases.discarded",
        "cases.exportfile",
        "cases.exportrecord",
        "cases.import",
        "cases.importrow",
        "cases.indexchange",
        "cases.notice",
        "cases.possibleduplicate",
        "cases.openedcount",
        "cases.proposedword",
        "cases.remit",
        "cases.searchcount",
        "cases.shortlist",
        "cases.shortlistitem",
        "cases.sketchkey",
        "cases.wordsurvey",
        "cases.workingcopy",
    }
)
MOST_ROWS = 50
TABLE = "cases_edition"
PREFIX = "edition_of_"

NOW = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "floor(extract(epoch FROM clock_timestamp()) * 1000)",
}
NUMBER = {
    "sqlite": "random()",
    "postgresql": "('x' || replace(gen_random_uuid()::text, '-', ''))::bit(64)::bigint",
}
COLUMNS = {
    "sqlite": "id integer PRIMARY KEY CHECK (id = 1), number integer NOT NULL, changed_at integer NOT NULL",
    "postgresql": "id bigserial PRIMARY KEY, number numeric NOT NULL, changed_at bigint NOT NULL",
}
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {TABLE}_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {TABLE} (number, changed_at) VALUES ({NUMBER["postgresql"]}, {NOW["postgresql"]});
    RETURN NULL;
END $$"""
# Whoever writes and has not committed will come with an earlier time than that of the last commit, so meanwhile none is
# told that could hide it.
CURRENT = {
    "sqlite": f"SELECT sum(number), max(changed_at) FROM {TABLE}",
    "postgresql": f"""
SELECT sum(number), CASE WHEN NOT EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database AND datname = current_database()
    WHERE relation = '{TABLE}'::regclass AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
) THEN max(changed_at) END FROM {TABLE}""",
}
FOLD = f"""
WITH folded AS (
    DELETE FROM {TABLE}
    WHERE (SELECT count(*) FROM {TABLE}) > {MOST_ROWS} AND id IN (SELECT id FROM {TABLE} FOR UPDATE SKIP LOCKED)
    RETURNING number, changed_at
)
INSERT INTO {TABLE} (number, changed_at) SELECT sum(number), max(changed_at) FROM folded HAVING count(*) > 0"""


@dataclass(frozen=True)
class Edition:
    """One state of the library. Two editions are the same if their stamps are."""

    stamp: str
    changed_at: datetime | None = field(compare=False)  # None while it is unknown

    @classmethod
    def current(cls, using: str = "default") -> Self:
        """Return the edition that this connection sees now, to be read before any content; one small query."""
        with connections[using].cursor() as cursor:
            cursor.execute(CURRENT[connections[using].vendor])
            number, changed_at = cursor.fetchone()
        if number is None:
            return cls(f"unknown-{secrets.token_hex(8)}", None)
        last = None if changed_at is None else datetime.fromtimestamp(changed_at / 1000, UTC)
        return cls(f"{int(number) % (1 << 64):016x}", last)


def watched() -> list[type[models.Model]]:
    """All models that readers' pages are made of, with those that stand between two of them."""
    configs = [config for config in apps.get_app_configs() if config.label in APPS]
    found = [model for config in configs for model in config.get_models(include_auto_created=True)]
    return [model for model in found if model._meta.managed and model._meta.label_lower not in UNWATCHED]


def create_table(schema_editor: Any) -> None:
    schema_editor.execute(f"CREATE TABLE {TABLE} ({COLUMNS[schema_editor.connection.vendor]})")


def drop_table(schema_editor: Any) -> None:
    schema_editor.execute(f"DROP TABLE {TABLE}")


def create(using: str = "default", **kwargs: Any) -> None:
    """Put the triggers up, where they are not, and begin a new edition: nobody saw what changed meanwhile."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if TABLE not in tables:
        return
    wanted = dict(_triggers(connection.vendor, tables))
    with transaction.atomic(using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        if _standing(cursor, connection.vendor) != wanted:
            _drop_triggers(cursor, connection.vendor)
            for statement in wanted.values():
                cursor.execute(statement)
        cursor.execute(f"DELETE FROM {TABLE}")
        identity, first = ("id, ", "1, ") if connection.vendor == "sqlite" else ("", "")
        values = f"{first}{NUMBER[connection.vendor]}, {NOW[connection.vendor]}"
        cursor.execute(f"INSERT INTO {TABLE} ({identity}number, changed_at) VALUES ({values})")


def drop(using: str = "default", **kwargs: Any) -> None:
    """Take the triggers down; safe to repeat, and before the tables exist."""
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        _drop_triggers(cursor, connection.vendor)
        if TABLE in connection.introspection.table_names(cursor):
            cursor.execute(f"DELETE FROM {TABLE}")


def fold(using: str = "default") -> None:
    """Keep the table small; the stamp stays the same."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute(FOLD)


def _triggers(vendor: str, tables: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs of the name of a trigger and the statement that makes it."""
    for table in sorted({model._meta.db_table for model in watched()} & tables):
        if vendor == "postgresql":
            name = f"{PREFIX}{table}"
            yield (
                name,
                f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_changes()",
            )
            continue
        for event in ("INSERT", "UPDATE", "DELETE"):
            name = f"{PREFIX}{table}_{event.lower()}"
            yield (
                name,
                f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN "
                f"UPDATE {TABLE} SET number = {NUMBER[vendor]}, changed_at = {NOW[vendor]}; END",
            )


def _standing(cursor: Any, vendor: str) -> dict[str, str]:
    """The triggers that are up, by name, each with the statement that would make it."""
    if vendor == "postgresql":
        return dict(_triggers(vendor, {table for _, table in _postgres_triggers(cursor)}))
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB %s", [f"{PREFIX}*"])
    return dict(cursor.fetchall())


def _postgres_triggers(cursor: Any) -> list[tuple[str, str]]:
    """Pairs of a trigger and its table."""
    cursor.execute(
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE starts_with(tgname, %s) AND pg_table_is_visible(tgrelid)",
        [PREFIX],
    )
    return list(cursor.fetchall())


def _drop_triggers(cursor: Any, vendor: str) -> None:
    if vendor == "postgresql":
        for name, table in _postgres_triggers(cursor):
            cursor.execute(f"DROP TRIGGER {name} ON {table}")
    else:
        for name in _standing(cursor, vendor):
            cursor.execute(f"DROP TRIGGER {name}")
