"""The page of a file that is being written, and the file itself."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cases.edition import Edition
from cases.exports.forms import FORMS
from cases.exports.keeping import look_after
from cases.exports.naming import disposition
from cases.models import ExportFile
from cases.views.asker import reads_pages, session_of

# Seconds after which whoever waits should look again.
LOOK_AGAIN = 3


@require_safe
@cache_control(private=True, no_store=True)
def export_file(request: HttpRequest, key: str) -> HttpResponse:
    return _told(request, _found(request, key))


@require_safe
@cache_control(private=True, no_store=True)
def download(request: HttpRequest, key: str) -> Any:
    file = _found(request, key)
    if file.is_gone:
        return _told(request, file)
    if file.state != file.State.DONE:
        return redirect(file)
    # The file travels as it is: compressing it anew would take its length away, by which browsers tell how far it is.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    try:
        content = file.path.open("rb")
    except FileNotFoundError:  # cleared at this very moment
        return _told(request, look_after(file))
    response = FileResponse(content, content_type=FORMS[file.form].content_type)
    begun = timezone.localdate(file.begun_at) if file.begun_at else timezone.localdate()
    response["Content-Disposition"] = disposition(file.title, begun, file.stem, file.form)
    return response


def _found(request: HttpRequest, key: str) -> ExportFile:
    files = ExportFile.objects.visible_to(request.user, session_of(request)).for_page()
    return look_after(get_object_or_404(files, key=key))


def _told(request: HttpRequest, file: ExportFile) -> HttpResponse:
    """How far the file is, for readers or for programs."""
    if reads_pages(request):
        has_changed = file.state == file.State.DONE and file.edition != Edition.current().stamp
        context = {"file": file, "form": FORMS[file.form], "has_changed": has_changed}
        response = render(request, "cases/export_file.html", context, status=410 if file.is_gone else 200)
    else:
        status = 410 if file.is_gone else 202 if file.is_coming else 200
        response = JsonResponse(_as_data(request, file), status=status, json_dumps_params={"ensure_ascii": False})
        if file.is_coming:
            response["Retry-After"] = str(LOOK_AGAIN)
    patch_vary_headers(response, ["Accept", "HX-Request"])
    return response


def _as_data(request: HttpRequest, file: ExportFile) -> dict[str, Any]:
    is_done = file.state == file.State.DONE
    return {
        "state": file.state.value,
        "message": file.fault or file.state.label,
        "title": file.title,
        "format": file.form,
        "done": file.done,
        "total": file.total,
        "size": file.size if is_done else None,
        "file": request.build_absolute_uri(file.get_download_url()) if is_done else None,
        "expires": file.expires_at.isoformat(timespec="seconds"),
        "again": request.build_absolute_uri(file.address),
    }
