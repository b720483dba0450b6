"""Help: the first five things to do in each role, words explained, ways to sign in, keys, and whom to ask."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kkmp.accounts.models import Role, User
from kkmp.accounts.permissions import role_of
from kkmp.pages.help_words import CHAPTERS, KEYS, SIGN_IN, WORDS, Step

# All pictures have one size, so that nothing moves when they arrive (docs/make_screenshots.py makes them).
PICTURE_WIDTH, PICTURE_HEIGHT = 760, 440


@dataclass(frozen=True)
class ShownStep:
    """A step as the page shows it; `href` is empty where the reader's role does not do this."""

    step: Step
    picture: str
    href: str


@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    """Open to all: who cannot sign in reads how. `?role=` shows the chapter of another role."""
    user = request.user if isinstance(request.user, User) else None
    own = role_of(user) if user else None
    asked = request.GET.get("role", "")
    role = Role(asked) if asked in Role.values else own
    context = {
        "chapter": CHAPTERS[role] if role and user else None,
        "is_own": role == own,
        "steps": _steps(role, user, is_own=role == own) if role and user else [],
        "tabs": [
            {"label": one.label, "href": f"?role={one.value}", "is_current": one == role} for one in Role
        ],
        "sign_in": SIGN_IN,
        "words": WORDS,
        "keys": KEYS,
        "width": PICTURE_WIDTH,
        "height": PICTURE_HEIGHT,
    }
    return render(request, "help/help.html", context)


def _steps(role: Role, user: User, *, is_own: bool) -> list[ShownStep]:
    return [
        ShownStep(
            step,
            picture=f"help/{step.picture}.webp",
            href=reverse(step.url_name) if is_own and user.is_active else "",
        )
        for step in CHAPTERS[role].steps
    ]
