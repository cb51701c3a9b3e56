"""Say whether the audit is as it was written."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases import audit_check


class Command(BaseCommand):
    help = "核对审计日志：有没有被改过、删过、调换过、插入过；有问题时退出码为 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--expect", metavar="校验码", default="", help="以前抄下的最后一条的校验码，应仍在日志中")

    def handle(self, *args: Any, **options: Any) -> None:
        noted = options["expect"].strip().lower()
        told = 0

        def progress(done: int, total: int) -> None:
            nonlocal told
            if options["verbosity"] and done * 10 // total > told:
                told = done * 10 // total
                self.stdout.write(f"已核对 {done:,} / {total:,} 条")

        checked = audit_check.check(noted, progress)
        problems = [str(fault) for fault in checked.faults]
        if checked.untold:
            problems.append(f"另有 {checked.untold:,} 处，没有逐一列出")
        if noted and checked.noted_at is None:
            problems.append("没有找到抄下的校验码：那一条被改过或删除，或者日志被换成了旧的")
        elif noted:
            self.stdout.write(f"抄下的校验码属于第 {checked.noted_at} 条，它和之前的记录仍在")
        self.stdout.write(f"共 {checked.count:,} 条，最后是第 {checked.number} 条，校验码：\n{checked.hash}")
        if problems:
            raise CommandError("审计日志有问题：\n" + "\n".join(f"  {problem}" for problem in problems))
        self.stdout.write("审计日志完好。请把上面的校验码抄到别处，以后用 --expect 核对")
