"""Capital needs: list, add, edit and close."""

from django.http import HttpRequest, HttpResponse


def need_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def need_add(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()


def need_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()
