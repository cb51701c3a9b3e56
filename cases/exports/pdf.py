"""A document to print and pass on: tagged, with bookmarks, and its fonts inside."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils import timezone

from cases.exports.description import Export, FormatRefused, Progress, Row
from cases.exports.document import Paper

# What WeasyPrint needs of Debian, and the fonts that the document is set in.
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
# Every document has them, in its notes.
ALWAYS_THERE = "出处许可"


def write_pdf(export: Export[Row], file: IO[bytes], progress: Progress) -> None:
    """Write the document; raise FormatRefused where the machine lacks the libraries."""
    weasyprint = loaded()
    paper = Paper(export, progress)
    tables = [] if paper.has_chapters else paper.tables()
    context = {
        "paper": paper,
        "chapters": list(paper.chapters()) if paper.has_chapters else [],
        "tables": tables,
        "sideways": any(table.is_wide for table in tables),
        "created": timezone.now().isoformat(timespec="seconds"),
    }
    fetcher = refusing(weasyprint)
    styles = weasyprint.CSS(string=render_to_string("exports/document.css"), url_fetcher=fetcher)
    document = weasyprint.HTML(string=render_to_string("exports/document.html", context), url_fetcher=fetcher)
    with _collector_paused():
        document.write_pdf(file, finisher=_check_fonts, stylesheets=[styles], pdf_variant="pdf/ua-1")


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Collect no garbage meanwhile: the tree of boxes is gone through again and again, a quarter of all the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def loaded() -> Any:
    """Import WeasyPrint when it is needed: it looks for the machine's libraries, which not every machine has."""
    try:
        import weasyprint
    except (ImportError, OSError) as problem:
        raise _lacking("组件") from problem
    return weasyprint


def _lacking(what: str) -> FormatRefused:
    message = f"本服务器还缺少生成 PDF 的{what}。请系统管理员执行 apt install {PACKAGES}，然后重新启动门户。"
    return FormatRefused(message, status=503)


def _check_fonts(document: Any, pdf: Any) -> None:
    """Refuse to hand out empty boxes: raise FormatRefused where no font has the most common characters."""
    if any(ord(character) in font.missing for font in document.fonts.values() for character in ALWAYS_THERE):
        raise _lacking("中文字体")


def refusing(weasyprint: Any) -> Any:
    """A fetcher that fetches nothing, neither from a host nor from this machine: a document is whole as it is."""

    class Refusing(weasyprint.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            raise ValueError(f"not fetched: {url}")

    return Refusing()
