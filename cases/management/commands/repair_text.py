"""Repair a text from a file or standard input, or tell what repairing would change in the library's cases."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.bulk.mending import Mending
from cases.bulk.texts import CASE, FIELDS, Hit
from cases.models import Case
from cases.repair import Change, Repaired, repair
from cases.repair.words import words_kept

MOST = 20_000_000
BATCH = 200
# What the library's cases are looked through for; nothing is hidden from who may run commands.
LOOKED_AT = tuple(name for name, (model, _, _) in FIELDS.items() if model == CASE)


class Command(BaseCommand):
    help = (
        "修复一篇文字：繁体、注音、标点、引号、空格、断行；看不准的只标出来。写到标准输出。\n"
        "加 --cases 时列出库里的案例有什么可修复，不改动；要改，请在后台“案例”里勾选后用“修复所选案例的文字”。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", metavar="FILE", help="UTF-8 文件；不写就读标准输入")
        parser.add_argument("--changes", action="store_true", help="逐处列出改动，不输出全文")
        parser.add_argument("--check", action="store_true", help="不输出；有可修复或可疑之处时退出码为 1")
        parser.add_argument("--cases", action="store_true", help="列出库里的案例有什么可修复，不改动")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["cases"]:
            if options["file"]:
                raise CommandError("--cases 看的是库里的案例，不用再写文件名")
            found = sum(self._tell_case(hit) for hit in _found(words_kept()))
            self.stderr.write(f"{found} 个案例有可修复、可疑之处。" if found else "没有发现问题。")
            if options["check"] and found:
                sys.exit(1)
            return
        repaired = repair(_read(options["file"]), words_kept())
        if options["changes"]:
            self._tell(repaired)
        elif not options["check"]:
            self.stdout.write(repaired.text, ending="")
        told = (
            f"修复 {len(repaired.changes)} 处，另有 {len(repaired.offers)} 处疑似缺字可补、"
            f"{len(repaired.marks)} 处疑似缺字或乱码，请对照原文。"
        )
        self.stderr.write(told)
        if options["check"] and (repaired.changes or repaired.offers or repaired.marks):
            sys.exit(1)

    def _tell(self, repaired: Repaired) -> None:
        lines = [0, *(place + 1 for place, sign in enumerate(repaired.original) if sign == "\n")]
        told = [(change, "") for change in repaired.changes]
        told += [(offer, "（未改，请确认）") for offer in repaired.offers]
        told += [(mark, "（未改，请补正）") for mark in repaired.marks]
        number = 0
        for change, note in sorted(told, key=lambda one: one[0].start):
            while number < len(lines) and lines[number] <= change.start:
                number += 1
            self.stdout.write(f"第 {number} 行\t{_in_words(change)}{note}")

    def _tell_case(self, hit: Hit) -> bool:
        self.stdout.write(f"{hit.label}\t{hit.address}")
        for place in (*hit.places, *hit.marks):
            note = "" if place.is_on else "（请对照原文）"
            self.stdout.write(f"\t{place.field}\t{place.kind}\t{place.old!r} → {place.new!r}{note}")
        return True


def _in_words(change: Change) -> str:
    before, after = repr(change.before)[1:-1], repr(change.after)[1:-1]
    return (
        f"{change.kind}\t{before} → {after}\t{change.why}"
        if before != after
        else f"{change.kind}\t{before}\t{change.why}"
    )


def _found(kept: tuple[str, ...]) -> Iterable[Hit]:
    pks = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        yield from Mending(LOOKED_AT, kept).all_in(pks[start : start + BATCH])


def _read(name: str | None) -> str:
    """Return the text, its line ends as they are; raise CommandError saying what is wrong with the file."""
    try:
        content = Path(name).read_bytes() if name else sys.stdin.buffer.read()
    except FileNotFoundError:
        raise CommandError(f"没有“{name}”这个文件") from None
    except OSError as error:
        raise CommandError(f"不能读取“{name}”：{error.strerror}") from error
    if len(content) > MOST:
        raise CommandError(f"文件超过 {MOST // 1_000_000} MB，请分成几个")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(
            f"不是 UTF-8 编码（第 {error.start + 1} 个字节起读不懂）。GBK 文件请先转换：iconv -f GB18030 -t UTF-8"
        ) from error
