"""The register: list, one outlet, add, edit."""

from django.http import HttpRequest, HttpResponse


def outlet_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def outlet_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()


def outlet_add(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse()


def outlet_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()
