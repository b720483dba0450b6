"""Pages of the members' register."""

from django.http import HttpRequest, HttpResponse


def member_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def add(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(request.path)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(request.path)
