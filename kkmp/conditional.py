"""Short answers to a browser that still holds a page: a page is named by everything it is made of, before it is made.

The name (ETag) covers who asks, what is asked, how it is to look, the day, this release and the data version, which
database triggers change at every write (see `kkmp.triggers`). An unchanged page costs one query and no drawing.
"""

from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString

from kkmp.accounts.models import User
from kkmp.triggers import VERSION_TABLE

P = ParamSpec("P")
V = TypeVar("V")
PageView = Callable[Concatenate[HttpRequest, P], HttpResponse]

# The browser may keep the page, but asks about it each time. For figures; rows of persons stay `no-store`.
ASK_EACH_TIME = "private, no-cache"
# Columns of the user that change without changing what the user sees.
_NOT_SHOWN = {"password", "last_login"}
_CONTENT = "kkmp.content"


def short_when_unchanged(view: PageView[P]) -> PageView[P]:
    """Answer 304 where the browser holds the very page that the view would make; the view is not called then.

    For views whose page follows from the user, the address, the theme, the language, the day and stamped tables.
    """

    @wraps(view)
    def named(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        # Before the view reads anything: a write in between makes the page newer than its name, never older.
        request.META[_CONTENT] = content = content_name(request)
        etag = page_name(request, content)
        if not etag:
            return view(request, *args, **kwargs)
        answer = get_conditional_response(request, etag=etag) or view(request, *args, **kwargs)
        if answer.status_code in {200, 304}:
            answer["ETag"] = etag
            answer["Cache-Control"] = ASK_EACH_TIME
        return answer

    return named


def drawn_once(request: HttpRequest, piece: str, draw: Callable[[], SafeString]) -> SafeString:
    """What `draw` gives, kept in this process until anything changes that a page of this request is made of.

    For the piece of a page below `short_when_unchanged` that costs the most. Draw it without the request: token,
    messages and theme are not in its name.
    """
    content = request.META.get(_CONTENT, "")
    if not content:
        return draw()
    name = f"{piece}.{content}"
    kept: SafeString | None = caches["drawn"].get(name)
    if kept is None:
        kept = draw()
        caches["drawn"].set(name, kept)
    return kept


def kept_while_unchanged(user: User, piece: str, compute: Callable[[], V]) -> V:
    """What `compute` gives for this person in this language today, kept in this process until anything changes.

    Inside a transaction nothing is kept: it may have written what nobody else sees yet.
    """
    version = "" if connection.in_atomic_block else data_version()
    if not version:
        return compute()
    parts = [
        version,
        release(),
        *_shown_of(user),
        translation.get_language(),
        timezone.localdate().isoformat(),
    ]
    name = f"{piece}.{sha256(repr(parts).encode()).hexdigest()}"
    kept: V | None = caches["drawn"].get(name)
    if kept is None:
        kept = compute()
        caches["drawn"].set(name, kept)
    return kept


def content_name(request: HttpRequest) -> str:
    """A name for what this person is shown at this address today; empty where we cannot tell."""
    version = data_version()
    if request.method not in {"GET", "HEAD"} or not isinstance(request.user, User) or not version:
        return ""
    parts = [
        version,
        release(),
        *_shown_of(request.user),
        translation.get_language(),
        timezone.localdate().isoformat(),
        request.get_full_path(),
    ]
    return sha256(repr(parts).encode()).hexdigest()


def page_name(request: HttpRequest, content: str) -> str:
    """The ETag of the whole page; empty where it is for once only, as with a message."""
    # The page holds a token that is worthless without its cookie; a visit without one gets a new pair.
    token = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    if not content or not token or len(get_messages(request)):
        return ""
    parts = [
        content,
        token,
        request.COOKIES.get("theme", ""),
        # htmx asks the same address for a piece.
        request.headers.get("HX-Request", ""),
        request.headers.get("HX-Target", ""),
    ]
    # Weak: the token in the page is masked anew each time, so two pages of one name differ in bytes.
    return f'W/"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _shown_of(user: User) -> list[object]:
    return [
        getattr(user, field.attname) for field in user._meta.concrete_fields if field.name not in _NOT_SHOWN
    ]


def data_version() -> str:
    """A text that no two states of the stamped tables share; empty where nothing keeps it.

    On PostgreSQL also empty inside a transaction that has written: it sees what nobody else does, under one stamp.
    """
    statement = f'SELECT stamp FROM "{VERSION_TABLE}"'  # noqa: S608  a constant of ours
    if connection.vendor == "postgresql":
        statement += " WHERE pg_current_xact_id_if_assigned() IS NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY id")
        return " ".join(str(stamp) for (stamp,) in cursor.fetchall())


def release() -> str:
    """What else a page is made of: the settings it shows, and this code."""
    return f"{settings.RELEASE} {settings.IS_DEMO} {settings.HELP_CONTACT} {code_fingerprint()}"


@cache
def code_fingerprint() -> str:
    """Changes with code, templates, catalogues, packages and static files, also where RELEASE was forgotten.

    Called as the process starts (`kkmp.wsgi`): what is on the disk later may be the next release already.
    """
    base = Path(settings.BASE_DIR)
    ours = [Path(app.path) for app in apps.get_app_configs()]
    folders = {path for path in ours if path.is_relative_to(base) and "site-packages" not in path.parts}
    folders |= {base / "kkmp", base / "templates", base / "locale"}
    files = {
        file for folder in folders for file in folder.rglob("*") if file.suffix in {".py", ".html", ".mo"}
    }
    files |= {base / "requirements.lock", Path(settings.STATIC_ROOT) / "staticfiles.json"}
    digest = sha256()
    for file in sorted(files):
        if file.is_file():
            digest.update(f"{file.relative_to(base)} ".encode() + file.read_bytes())
    return digest.hexdigest()
