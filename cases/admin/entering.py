"""The form of a case in the order of thought, with all that helps to fill it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse

from cases.admin.attachment import AttachmentInline
from cases.admin.checking import Checking
from cases.admin.credit import CreditInline
from cases.admin.examples import EXAMPLES
from cases.admin.figure import FigureInline
from cases.admin.preview import Previewing
from cases.admin.proposing import Proposing
from cases.admin.source import CitationInline
from cases.admin.uploading import Uploading
from cases.checks import SECTIONS, SUMMARY, Remark
from cases.models import Case
from cases.uploads import CONTENT_TYPES, IMAGE_FORMATS, MAX_BYTES


@dataclass
class Part:
    """One heading of the form with what belongs under it; `slug` is also how remarks name it."""

    slug: str
    title: str
    fieldsets: list[Any] = field(default_factory=list)
    inlines: list[Any] = field(default_factory=list)
    closing: list[Any] = field(default_factory=list)  # fieldsets that come after the inlines
    example: Any = None
    remarks: list[Remark] = field(default_factory=list)


# Heading, and the inlines under it, of each part after those which are fieldsets.
INLINES: dict[str, tuple[str, tuple[type, ...]]] = {
    "figures": ("成效数据", (FigureInline,)),
    "sources": ("依据什么（来源）", (CitationInline,)),
    "files": ("图片和附件", (AttachmentInline,)),
}
FIELDSETS = {"what": "是什么", "who": "谁做的、在哪里", "texts": "写什么"}
LAST = ("state", "状态")


class EnteringMedia:
    """What the form of a case looks and works with; its admin class says so."""

    css: ClassVar[Any] = {"all": ["css/entering.css", "css/unrecorded.css"]}
    js = tuple(Script(f"js/{name}.js", defer=True) for name in ("case_form", "case_rows", "case_files", "case_figures"))


class Entering(Checking, Previewing, Proposing, Uploading):
    case_fieldsets: ClassVar[Any] = [
        (
            FIELDSETS["what"],
            {"fields": ["title", "brand_name", ("kind", "year", "start_year"), "sector", "themes", "part_of"]},
        ),
        (FIELDSETS["who"], {"fields": ["district"]}),
        (FIELDSETS["texts"], {"fields": list(Case.SECTIONS)}),
    ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Case | None = None,
    ) -> HttpResponse:
        context["counted"] = {"summary": SUMMARY, "texts": SECTIONS}
        context["sections"] = Case.SECTIONS
        context["form_parts"] = self.parts_of(context, self.remarks_by_part(request, obj))
        context["limits"] = {"bytes": MAX_BYTES, "kinds": ",".join(CONTENT_TYPES), "pictures": ",".join(IMAGE_FORMATS)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def parts_of(self, context: dict[str, Any], remarks: dict[str, list[Remark]]) -> list[Part]:
        """Fieldsets and inlines of the form under the headings of thought; what is left comes under the last."""
        inlines = list(context["inline_admin_formsets"])
        parts = {slug: Part(slug, title) for slug, title in FIELDSETS.items()}
        by_title = {title: parts[slug] for slug, title in FIELDSETS.items()}
        last = Part(*LAST)
        for fieldset in context["adminform"]:
            part = by_title.get(fieldset.name, last)
            (part.closing if "why" in fieldset.fields else part.fieldsets).append(fieldset)
        parts["who"].inlines = _taken(inlines, (CreditInline,))
        for slug, (title, kinds) in INLINES.items():
            parts[slug] = Part(slug, title, inlines=_taken(inlines, kinds))
        last.inlines = inlines
        for part in parts.values():
            part.example, part.remarks = EXAMPLES.get(part.slug), remarks.get(part.slug, [])
        return [*parts.values(), *([last] if last.fieldsets or last.closing or last.inlines else [])]


def _taken(inlines: list[Any], kinds: tuple[type, ...]) -> list[Any]:
    """Take the inlines of these kinds out of the list."""
    taken = [part for part in inlines if isinstance(part.opts, kinds)]
    inlines[:] = [part for part in inlines if part not in taken]
    return taken
