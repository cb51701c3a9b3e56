"""Files that nobody should wait for: one for all who ask the same, and not more of them than the machine can bear."""

from __future__ import annotations

import shutil
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cases.edition import Edition
from cases.exports.asked import Asked
from cases.exports.kinds import KINDS
from cases.exports.plan import Plan
from cases.exports.writing import write_export
from cases.models import ExportFile
from cases.models.export_file import KEPT, folder

MOST_EACH, MOST_WAITING = 5, 30
MOST_BYTES, LEAST_FREE = 2 * 1024**3, 200 * 1024**2
# So much may be kept of what was asked for from one place, lest one reader takes all the room for a day.
MOST_BYTES_EACH = MOST_BYTES // 4


class QueueFull(Exception):
    """Why no more files are made at the moment, in readers' words, and when to come back."""

    def __init__(self, fault: str, status: int, seconds: int) -> None:
        super().__init__(fault)
        self.fault = fault
        self.status = status
        self.seconds = seconds


def in_queue(asked: Asked, plan: Plan, asker: str, origin: str, address: str) -> ExportFile:
    """Return the file of this question: one that there is already, or a new one at the end of the queue.

    `asker` is whose the file is if it is private, `origin` tells who may not have too many, `address` is where the file
    can be asked for anew.
    """
    kind, now = KINDS[asked.what], timezone.now()
    is_public = not (kind.is_private or asked.user.is_staff)
    file = ExportFile(
        what=asked.what,
        form=asked.form,
        query=_written(asked, plan),
        about=asked.key,
        base=asked.base,
        address=address,
        title=plan.title[:255],
        words=plan.telling_all,
        is_public=is_public,
        user=None if is_public or not asked.user.is_authenticated else asked.user,
        asker=asker,
        origin=origin,
        total=plan.effort,
        asked_at=now,
        expires_at=now + KEPT,
    )
    same = ExportFile.objects.same_as(file, Edition.current().stamp).order_by(F("done_at").asc(nulls_last=True), "pk")
    if is_public and (found := same.first()):
        return found
    with transaction.atomic():
        _refuse_more_than_enough(origin)
        file.save()
        write_export.enqueue(file.pk)
    return file


def _written(asked: Asked, plan: Plan) -> str:
    """The parameters, so that the same question is the same text."""
    params = dict(asked.params.lists()) | {"column": list(plan.columns or [])}
    return urlencode([(name, value) for name, values in sorted(params.items()) for value in values if value])


def _refuse_more_than_enough(origin: str) -> None:
    waiting = ExportFile.objects.unfinished()
    if waiting.asked_from(origin).count() >= MOST_EACH:
        raise QueueFull(f"您（或同一网络的读者）已有 {MOST_EACH} 个文件正在制作，请等其中一个做好再导出", 429, 60)
    if ExportFile.objects.asked_from(origin).bytes() >= MOST_BYTES_EACH:
        raise QueueFull("您（或同一网络的读者）导出的文件已占满份额，请过几小时再试，或缩小范围后直接导出", 429, 3600)
    if waiting.count() >= MOST_WAITING:
        raise QueueFull("正在排队的导出太多，请过几分钟再试，或缩小范围后直接导出", 503, 300)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    if ExportFile.objects.bytes() >= MOST_BYTES or shutil.disk_usage(folder()).free < LEAST_FREE:
        raise QueueFull("存放导出文件的空间已满，请过几小时再试，或缩小范围后直接导出", 503, 3600)
