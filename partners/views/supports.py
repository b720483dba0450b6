"""Pages of supports and their stages."""

from django.http import HttpRequest, HttpResponse


def support_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def add(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)


def stage(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)
