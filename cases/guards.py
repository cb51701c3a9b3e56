"""Database triggers for the one rule that a CHECK cannot hold: a published case has a lead organisation and a source.

They are taken down before migrations, because SQLite rebuilds tables to alter them, and put up again after.
"""

from typing import Any

from django.db import connections

CHILDREN = {
    "cases_credit": ("role = 'lead'", "OLD.role = 'lead'", "lead organisation"),
    "cases_citation": ("1 = 1", "1 = 1", "source"),
}


def _sqlite_triggers() -> dict[str, str]:
    triggers = {}
    for table, (counts, was_counted, noun) in CHILDREN.items():
        message = f"a published case needs a {noun}"
        none = f"NOT EXISTS (SELECT 1 FROM {table} WHERE case_id = NEW.id AND {counts})"
        for event in ("INSERT", "UPDATE"):
            triggers[f"{table}_guard_case_{event.lower()}"] = (
                f"AFTER {event} ON cases_case WHEN NEW.status = 'published' AND {none} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        left = f"NOT EXISTS (SELECT 1 FROM {table} WHERE case_id = OLD.case_id AND {counts})"
        published = "EXISTS (SELECT 1 FROM cases_case WHERE id = OLD.case_id AND status = 'published')"
        for event in ("DELETE", "UPDATE"):
            triggers[f"{table}_guard_{event.lower()}"] = (
                f"AFTER {event} ON {table} WHEN {was_counted} AND {published} AND {left} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
    return triggers


def _postgres_function(table: str, counts: str, noun: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE guarded bigint;
BEGIN
    IF TG_TABLE_NAME = 'cases_case' THEN guarded := NEW.id; ELSE guarded := OLD.case_id; END IF;
    -- Two sessions that each remove one of the last two wait for each other here.
    PERFORM 1 FROM cases_case WHERE id = guarded FOR UPDATE;
    IF EXISTS (SELECT 1 FROM cases_case WHERE id = guarded AND status = 'published')
        AND NOT EXISTS (SELECT 1 FROM {table} WHERE case_id = guarded AND {counts}) THEN
        RAISE EXCEPTION 'a published case needs a {noun}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$"""


def create(using: str = "default", **kwargs: Any) -> None:
    """Put the triggers up; safe to repeat."""
    connection = connections[using]
    if not {"cases_case", *CHILDREN} <= set(connection.introspection.table_names()):
        return
    drop(using)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, body in _sqlite_triggers().items():
                cursor.execute(f"CREATE TRIGGER {name} {body}")
        else:
            for table, (counts, _, noun) in CHILDREN.items():
                cursor.execute(_postgres_function(table, counts, noun))
                for name, on in _postgres_triggers(table).items():
                    cursor.execute(
                        f"CREATE CONSTRAINT TRIGGER {name} {on} FOR EACH ROW EXECUTE FUNCTION {table}_guard()"
                    )


def _postgres_triggers(table: str) -> dict[str, str]:
    return {
        f"{table}_guard_case": "AFTER INSERT OR UPDATE ON cases_case",
        f"{table}_guard": f"AFTER DELETE OR UPDATE ON {table}",
    }


def drop(using: str = "default", **kwargs: Any) -> None:
    """Take the triggers down; safe to repeat, and before the tables exist."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite_triggers():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            for table in CHILDREN:
                for name in _postgres_triggers(table):
                    on = "cases_case" if name.endswith("_case") else table
                    if on in tables:
                        cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {on}")
