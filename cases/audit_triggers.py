"""Database triggers that keep the audit to what it is: entries are added, and neither changed nor removed.

They hold whatever the path, the database's own shell included, against mistakes; who takes them down to change an entry
is shown by the entry's hash. What `AuditHead.first` leaves behind may be removed: that is how `trim` does it, and its
row only ever moves on. They are taken down before migrations, because SQLite rebuilds tables to alter them, and put up
again after.
"""

from typing import Any

from django.db import connections

ENTRIES, HEAD = "cases_auditentry", "cases_audithead"
STAY = "entries of the audit stay as they are"
# When each of these is refused. SQLite's REPLACE removes a row without asking the triggers for removal.
SQLITE = {
    ENTRIES: {
        "INSERT": f"EXISTS (SELECT 1 FROM {ENTRIES} WHERE number = NEW.number)",
        "UPDATE": "1",
        "DELETE": f"OLD.number >= coalesce((SELECT first FROM {HEAD}), OLD.number)",
    },
    HEAD: {
        "INSERT": f"EXISTS (SELECT 1 FROM {HEAD})",
        "UPDATE": "NEW.id <> OLD.id OR NEW.number < OLD.number OR NEW.first < OLD.first",
        "DELETE": "1",
    },
}
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION cases_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = '{ENTRIES}' THEN
        IF OLD.number < (SELECT first FROM {HEAD}) THEN RETURN OLD; END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = '{HEAD}' THEN
        IF NEW.id = OLD.id AND NEW.number >= OLD.number AND NEW.first >= OLD.first THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '{STAY}' USING ERRCODE = 'integrity_constraint_violation';
END $$"""


def create(using: str = "default", **kwargs: Any) -> None:
    """Put the triggers up; safe to repeat."""
    connection = connections[using]
    if not {ENTRIES, HEAD} <= set(connection.introspection.table_names()):
        return
    drop(using)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table, refused in SQLITE.items():
                for event, when in refused.items():
                    cursor.execute(
                        f"CREATE TRIGGER {table}_stays_{event.lower()} BEFORE {event} ON {table} WHEN {when} "
                        f"BEGIN SELECT RAISE(ABORT, '{STAY}'); END"
                    )
            return
        cursor.execute(POSTGRES_FUNCTION)
        for table in (ENTRIES, HEAD):
            for name, event in _postgres_triggers(table).items():
                cursor.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION cases_audit_stays()")


def drop(using: str = "default", **kwargs: Any) -> None:
    """Take the triggers down; safe to repeat, and before the tables exist."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in {ENTRIES, HEAD} & set(tables):
            if connection.vendor == "sqlite":
                for event in SQLITE[table]:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_stays_{event.lower()}")
            else:
                for name in _postgres_triggers(table):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def _postgres_triggers(table: str) -> dict[str, str]:
    return {
        f"{table}_stays": f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW",
        f"{table}_stays_whole": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
    }
