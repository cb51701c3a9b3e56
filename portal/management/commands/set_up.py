"""Bring a fresh or an existing installation to a working portal."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases import audit, audit_triggers, edition, guards, search
from cases.models import IssuedNumber
from cases.roles import ADMINISTRATION
from districts.models import District
from portal import static_files
from portal.models import TrialAccount

TRIAL_NAME = "curator"


class Command(BaseCommand):
    help = "准备好门户：数据库、静态文件、区划、案例、索引；可以重复执行，已录入的内容不动"

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("建立数据库表……")
            call_command("migrate", verbosity=0)
        guards.create()  # a migration that failed half-way leaves them down
        edition.create()
        audit_triggers.create()
        static_files.collect()
        if not District.objects.exists():
            self.stdout.write("装入区划……")
            call_command("import_districts", settings.BASE_DIR / "fixtures" / "districts.csv.gz", stdout=self.stdout)
        # Not “no cases”: a library whose cases were all deleted on purpose is not filled again.
        if not IssuedNumber.objects.exists():
            self.stdout.write("装入案例……")
            call_command("load_library", stdout=self.stdout)
        if not search.status().is_current:
            self.stdout.write("建立搜索索引……")
            call_command("rebuild_search", stdout=self.stdout)
        if not settings.PUBLIC and not User.objects.exists():
            self.create_trial_account()

    def create_trial_account(self) -> None:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(TRIAL_NAME, password=password, is_staff=True)
        user.groups.add(Group.objects.get(name=ADMINISTRATION))
        TrialAccount.objects.create(user=user)
        audit.record(audit.Action.ACCOUNT_ADDED, about=user)
        self.stdout.write(
            f"\n录入后台：/admin/\n  用户名  {TRIAL_NAME}\n  密码    {password}\n"
            f"（密码只显示这一次；忘记时运行 .venv/bin/python manage.py changepassword {TRIAL_NAME}）"
        )
