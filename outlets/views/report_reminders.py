"""Texts that remind of reports, ready to be copied into WhatsApp."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cooperatives.asof import View, read_view
from outlets.reminders import Owed, Reminders, read_reminders, text_for_kecamatan, text_for_keeper


@dataclass(frozen=True)
class Message:
    """A text under the name of whom it is for; the name stands beside the text, not in it."""

    to: str
    text: str
    count: int


@permission_required("outlets.change_monthlyreport", raise_exception=True)
def reminders(request: HttpRequest) -> HttpResponse:
    """As of today, since nobody is reminded of what was owed on another day.

    Sudin, who sees whose area is whose, finds a text for each officer; an officer one of the own area.
    """
    view = read_view(request)
    found = read_reminders(view.cooperatives, on=view.today)
    sees_keepers = view.user.has_perm("cooperatives.view_areagrant")
    context = {
        "view": view,
        "month": found.month,
        "figures": found.figures,
        "owed_count": len(found.owed),
        "people": _for_people(request, view, found) if sees_keepers else [],
        "own": None if sees_keepers or not found.owed else _message(request, view, "", found.owed),
        "areas": _for_areas(request, view, found),
        "without_keeper": found.without_keeper if sees_keepers else [],
    }
    return render(request, "reports/reminders.html", context)


def _for_people(request: HttpRequest, view: View, found: Reminders) -> list[Message]:
    return [_message(request, view, str(keeper), owed) for keeper, owed in found.by_keeper]


def _message(request: HttpRequest, view: View, to: str, owed: Sequence[Owed]) -> Message:
    text = text_for_keeper(owed, on=view.today, absolute=request.build_absolute_uri)
    return Message(to, text, len(owed))


def _for_areas(request: HttpRequest, view: View, found: Reminders) -> list[Message]:
    absolute = request.build_absolute_uri
    return [
        Message(
            kecamatan.name,
            text_for_kecamatan(kecamatan, figures, owed, on=view.today, absolute=absolute),
            len(owed),
        )
        for kecamatan, figures, owed in found.by_kecamatan
    ]
