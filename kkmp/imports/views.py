"""Pages of imports: upload, preview, confirm, undo."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST


@permission_required("imports.view_importbatch", raise_exception=True)
def batch_list(request: HttpRequest) -> HttpResponse:
    raise Http404


@permission_required("outlets.import_opening", raise_exception=True)
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    raise Http404


@permission_required("outlets.import_opening", raise_exception=True)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    raise Http404


@permission_required("imports.view_importbatch", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@permission_required("imports.view_importbatch", raise_exception=True)
def failed_rows(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_POST
@permission_required("outlets.import_opening", raise_exception=True)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@permission_required("outlets.import_opening", raise_exception=True)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
