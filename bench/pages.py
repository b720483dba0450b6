"""Addresses for measuring only: floors that no page of ours can beat, beside everything of the real site."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from cooperatives.asof import read_view
from kkmp.pages.dashboard import dashboard
from kkmp.pages.sheet.build import make_sheet

STATEMENTS: list[tuple[str, Any]] = []


@login_not_required
def hello(_request: HttpRequest) -> HttpResponse:
    """Our middleware and nothing else."""
    return HttpResponse("hello, world", content_type="text/plain")


def noop(request: HttpRequest) -> HttpResponse:
    """Who is signed in; two queries, no template."""
    return HttpResponse(f"hello, {request.user.get_username()}", content_type="text/plain")


def frame(request: HttpRequest) -> HttpResponse:
    """An empty page between our header and footer."""
    return render(request, "base.html")


def bare_sql(request: HttpRequest) -> HttpResponse:
    """What the dashboard asks the database, sent again word for word: no ORM, no page."""
    if not STATEMENTS:
        remembered: list[tuple[str, Any]] = []

        def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  as Django calls it
            remembered.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(remember):
            dashboard(request)
        # In one step: another thread may be here too.
        STATEMENTS[:] = remembered
    with connection.cursor() as cursor:
        fetched = 0
        for sql, params in STATEMENTS:
            cursor.execute(sql, params)
            fetched += len(cursor.fetchall())
    return HttpResponse(str(fetched), content_type="text/plain")


def sheet_definition(request: HttpRequest) -> HttpResponse:
    """What the leader's sheet says, as its dataclass: no page, no PDF."""
    sheet = make_sheet(read_view(request), printed_at=timezone.now())
    return HttpResponse(str(len(sheet.blocks)), content_type="text/plain")


urlpatterns = [
    path("bench/hello", hello),
    path("bench/noop", noop),
    path("bench/frame", frame),
    path("bench/sql", bare_sql),
    path("bench/sheet", sheet_definition),
    path("", include("kkmp.urls")),
]
