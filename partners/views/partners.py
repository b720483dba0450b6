"""Pages of partners."""

from django.http import HttpRequest, HttpResponse


def partner_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def add(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)
