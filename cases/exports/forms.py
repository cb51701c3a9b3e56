"""The formats of files, each with its writer and with how much of it is made at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from cases.exports.csv import write_csv
from cases.exports.description import Export, FormatRefused, Progress
from cases.exports.docx import write_docx
from cases.exports.json import write_json
from cases.exports.pdf import loaded, write_pdf
from cases.exports.plan import Plan
from cases.exports.xlsx import write_xlsx
from cases.uploads import CONTENT_TYPES


@dataclass(frozen=True)
class Form:
    """A format: what readers call it, its media type, and `at_once`, how many cases are written while they wait.

    What `is_heavy` is written at once by one thread of a process at a time. `most` is how much effort a file of it may
    be at all; `ready` raises FormatRefused where this machine cannot make one.
    """

    name: str
    label: str
    use: str
    content_type: str
    write: Callable[[Export[Any], IO[bytes], Progress], None]
    at_once: int
    most: int | None = None
    is_heavy: bool = False
    ready: Callable[[], object] | None = None

    def check(self, plan: Plan) -> None:
        """Raise FormatRefused where a file is more than the format takes, or where this machine cannot make it."""
        if self.ready:
            self.ready()
        if limit := self.limit_passed(plan):
            raise FormatRefused(
                f"{self.label} {limit}，这里有 {plan.count:,} {plan.counted}。"
                "请加上条件缩小范围，或者改用 Word、Excel。",
                status=400,
            )

    def limit_passed(self, plan: Plan) -> str:
        """How much the format takes, in readers' words, where a file is more."""
        if not (self.most and plan.count and plan.effort > self.most):
            return ""
        return f"一次最多 {self.most * plan.count // plan.effort:,} {plan.counted}"


FORMS = {
    form.name: form
    for form in (
        Form("xlsx", "Excel", "筛选、排序、做报表", CONTENT_TYPES["xlsx"], write_xlsx, 500),
        Form("docx", "Word", "改了就能用的公文格式", CONTENT_TYPES["docx"], write_docx, 1000),
        Form("pdf", "PDF", "打印、转发", CONTENT_TYPES["pdf"], write_pdf, 10, most=300, is_heavy=True, ready=loaded),
        Form("csv", "CSV", "导入其他系统", "text/csv; charset=utf-8", write_csv, 2000),
        Form("json", "JSON", "供程序读取", "application/json", write_json, 2000),
    )
}
