"""Every address of the project as the resolver knows it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

# The admin's regular expressions, with what stands for their groups.
_REGEX_PARTS = (
    (re.compile(r"^\^|\$$"), ""),
    (re.compile(r"\(\[\^/\]\+\)(?=/history/)"), "<object_id>"),
    (re.compile(r"\(\[\^/\]\+\)"), "<history_id>"),
    (re.compile(r"\(\?P<\w+>(\w+)(?:\|\w+)*\)"), r"\1"),
    (re.compile(r"\(\?P<\w+>\.\*\)"), "nowhere"),
)


# Arguments of which not every text is one; “1” fills the others.
OF_ONE_SHAPE = {"month": "2026-03", "number": "01"}


@dataclass(frozen=True)
class Route:
    """`path` has its arguments in angle brackets: “/outlets/<pk>/edit/”; `name` is empty where there is none."""

    name: str
    path: str
    view: Callable[..., Any]

    @property
    def is_open(self) -> bool:
        """Whether the view says that it wants no sign-in."""
        return not getattr(self.view, "login_required", True)

    @property
    def is_admin(self) -> bool:
        return self.path.startswith("/admin/")

    def filled(self, default: str = "1", **arguments: object) -> str:
        given = {**OF_ONE_SHAPE, **arguments}
        return re.sub(r"<(\w+)>", lambda found: str(given.get(found[1], default)), self.path)


def all_routes() -> list[Route]:
    return list(_walk(get_resolver(), "", "/"))


def _walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = prefix + _piece(pattern)
        if isinstance(pattern, URLPattern):
            yield Route(f"{namespace}{pattern.name}" if pattern.name else "", path, pattern.callback)
        else:
            yield from _walk(
                pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace, path
            )


def _piece(pattern: URLPattern | URLResolver) -> str:
    text = str(pattern.pattern)
    if not isinstance(pattern.pattern, RegexPattern):
        return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", text)
    for part, stand_in in _REGEX_PARTS:
        text = part.sub(stand_in, text)
    return text
