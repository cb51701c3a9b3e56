"""Files of what a page shows."""

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cases.exports.asked import Asked, ExportRefused
from cases.exports.description import Export, FormatRefused
from cases.exports.forms import FORMS, Form
from cases.exports.kinds import KINDS, Kind


@require_safe
def case_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "cases", form)


@require_safe
def one_case_export(request: HttpRequest, number: str, form: str) -> HttpResponse:
    return answer(request, "case", form, number)


@require_safe
def compare_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "compare", form)


def answer(request: HttpRequest, what: str, form: str, key: str = "") -> HttpResponse:
    """Answer with the file, or say what is wrong with its conditions."""
    kind = KINDS[what]
    if form not in kind.forms:
        raise Http404
    try:
        export = kind.describe(Asked.by(request, what, form, key))
        FORMS[form].check(export.count, f"{export.subject.measure}{export.subject.name}")
        return at_once(export, FORMS[form])
    except FormatRefused as refused:
        context = {"refused": refused, "form": FORMS[form], "others": _other_forms(request, form, kind)}
        return render(request, "cases/format_refused.html", context, status=refused.status)
    except ExportRefused as refused:
        return render(request, "cases/export_refused.html", {"refused": refused}, status=400)


def _other_forms(request: HttpRequest, form: str, kind: Kind) -> list[tuple[str, str]]:
    """Labels and addresses of the same file in the other formats."""
    here = request.get_full_path()
    start, _, rest = here.partition(f"/export.{form}")
    return [(FORMS[name].label, f"{start}/export.{name}{rest}") for name in kind.forms if name != form]


def at_once(export: Export, form: Form) -> HttpResponse:
    """Write the file while the reader waits."""
    file = BytesIO()
    form.write(export, file, lambda done: None)
    response = HttpResponse(file.getvalue(), content_type=form.content_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{export.stem}.{form.name}")
    return response
