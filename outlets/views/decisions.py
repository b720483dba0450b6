"""Status: decide, correct, retract."""

from django.http import HttpRequest, HttpResponse


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()


def decide_none(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse()


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()


def retract(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()
