"""Pages of events and who attended."""

from django.http import HttpRequest, HttpResponse


def event_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def add(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)


def attendance_add(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)


def attendance_remove(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)
