"""The library itself: cases, organisations, lists, search and exports."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "案例库"

    def ready(self) -> None:
        from cases import audit_sign_ins, audit_triggers, edition, guards, roles
        from cases.search import outbox

        outbox.connect()
        audit_sign_ins.connect()
        for triggers in (guards, edition, audit_triggers):
            pre_migrate.connect(triggers.drop, sender=self)
            post_migrate.connect(triggers.create, sender=self)
        post_migrate.connect(roles.create_roles, sender=self)
