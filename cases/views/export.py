"""Files of what a page shows."""

from io import BytesIO
from threading import Lock

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.duplicates.redirecting import follows_merged_case
from cases.exports.asked import Asked, ExportRefused
from cases.exports.choices import ExportChoices
from cases.exports.description import Export, FormatRefused
from cases.exports.forms import FORMS, Form
from cases.exports.kinds import KINDS, Kind
from cases.exports.naming import disposition
from cases.exports.plan import Plan
from cases.exports.queue import QueueFull, in_queue
from cases.throttle import throttled
from cases.views.asker import asker_of, reads_pages

# One thread of a process writes a heavy file while its reader waits; whoever comes meanwhile goes to the queue.
HEAVY = Lock()


@require_safe
def case_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "cases", form)


@require_safe
@follows_merged_case()
def one_case_export(request: HttpRequest, number: str, form: str) -> HttpResponse:
    return answer(request, "case", form, number)


@require_safe
def compare_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "compare", form)


@require_safe
def library_export(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, "library", form)


@require_safe
def case_choices(request: HttpRequest) -> HttpResponse:
    asked = Asked.by(request, "cases", "xlsx")
    try:
        choices = ExportChoices(asked, lambda form: reverse("cases:export", args=[form]))
    except ExportRefused as refused:
        return _refused(request, refused)
    context = {"choices": choices, "back": asked.address(reverse("cases:list"))}
    return render(request, "cases/export_choices.html", context)


@throttled("export")
def answer(request: HttpRequest, what: str, form: str, key: str = "") -> HttpResponse:
    """Answer with the file or, if it is much work, with the page that will have it; or say what is wrong."""
    kind = KINDS[what]
    if form not in kind.forms:
        raise Http404
    asked = Asked.by(request, what, form, key)
    try:
        plan = kind.planned(asked)
        FORMS[form].check(plan)
        return served(request, asked, plan)
    except FormatRefused as refused:
        context = {"refused": refused, "form": FORMS[form], "others": _other_forms(request, form, kind)}
        return render(request, "cases/format_refused.html", context, status=refused.status)
    except ExportRefused as refused:
        return _refused(request, refused)


def _other_forms(request: HttpRequest, form: str, kind: Kind) -> list[tuple[str, str]]:
    """Labels and addresses of the same file in the other formats."""
    here = request.get_full_path()
    start, _, rest = here.partition(f"/export.{form}")
    return [(FORMS[name].label, f"{start}/export.{name}{rest}") for name in kind.forms if name != form]


def _refused(request: HttpRequest, refused: ExportRefused) -> HttpResponse:
    context = {"title": "无法导出", "faults": refused.faults, "reset": refused.page, "way_out": refused.way_out}
    return render(request, "cases/refused.html", context, status=400)


def served(request: HttpRequest, asked: Asked, plan: Plan) -> HttpResponse:
    """Answer with the file or, if it is much work, with the page that will have it."""
    form = FORMS[asked.form]
    if plan.effort > form.at_once:
        return later(request, asked, plan)
    if not form.is_heavy:
        return at_once(plan.export(), form)
    if not HEAVY.acquire(blocking=False):
        return later(request, asked, plan)
    try:
        return at_once(plan.export(), form)
    finally:
        HEAVY.release()


def at_once(export: Export, form: Form) -> HttpResponse:
    """Write the file while the reader waits."""
    file = BytesIO()
    form.write(export, file, lambda done: None)
    export.finish()
    response = HttpResponse(file.getvalue(), content_type=form.content_type)
    response["Content-Disposition"] = disposition(export.title, timezone.localdate(), export.stem, form.name)
    return response


def later(request: HttpRequest, asked: Asked, plan: Plan) -> HttpResponse:
    """Have the file written, and lead to the page that tells how far it is."""
    try:
        asker = asker_of(request, KINDS[asked.what].is_private)
        file = in_queue(asked, plan, asker, asker_of(request), request.get_full_path())
    except QueueFull as full:
        if reads_pages(request):
            response = render(request, "cases/export_full.html", {"full": full}, status=full.status)
        else:
            response = JsonResponse(
                {"detail": full.fault}, status=full.status, json_dumps_params={"ensure_ascii": False}
            )
        response["Retry-After"] = str(full.seconds)
        return response
    response = redirect(file)
    response.status_code = 303
    return response
