"""Files of what a page shows."""

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cases.exports.asked import Asked, ExportRefused
from cases.exports.description import Export
from cases.exports.forms import FORMS, Form
from cases.exports.kinds import KINDS
from cases.throttle import throttled


@require_safe
def case_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "cases", form)


@require_safe
def library_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "library", form)


@throttled("export")
def answer(request: HttpRequest, what: str, form: str, key: str = "") -> HttpResponse:
    """Answer with the file, or say what is wrong with its conditions."""
    kind = KINDS[what]
    if form not in kind.forms:
        raise Http404
    try:
        export = kind.describe(Asked.by(request, what, form, key))
    except ExportRefused as refused:
        return render(request, "cases/export_refused.html", {"refused": refused}, status=400)
    return at_once(export, FORMS[form])


def at_once(export: Export, form: Form) -> HttpResponse:
    """Write the file while the reader waits."""
    file = BytesIO()
    form.write(export, file, lambda done: None)
    response = HttpResponse(file.getvalue(), content_type=form.content_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{export.stem}.{form.name}")
    return response
