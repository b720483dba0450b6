"""Small things every request or answer gets: id, language, headers, and a sign-in that htmx understands."""

import uuid
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from kkmp.crypto import UndecipherableError
from kkmp.parsing import holds_national_id

logger = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]
THEMES = ("light", "dark")


def request_id(get_response: GetResponse) -> GetResponse:
    """Every log line of one request carries the same id; the answer shows it, so that a user can quote it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with structlog.contextvars.bound_contextvars(request_id=uuid.uuid4().hex[:12]):
            response = get_response(request)
            response["X-Request-ID"] = structlog.contextvars.get_contextvars()["request_id"]
        return response

    return middleware


def response_headers(get_response: GetResponse) -> GetResponse:
    """Permissions-Policy, and no stored copies of pages that show what only this person may see."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def refuse_null_bytes(get_response: GetResponse) -> GetResponse:
    """PostgreSQL cannot hold U+0000 and answers with an error; such an address is a bad request, not a fault of ours."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or any(
            "\x00" in value for values in request.GET.lists() for value in values[1]
        ):
            raise BadRequest
        return get_response(request)

    return middleware


def keep_national_ids_out_of_addresses(get_response: GetResponse) -> GetResponse:
    """A NIK typed into a search box must not stay in an address, which browsers, proxies and logs keep.

    Asked again without it, so that the address with the number is not even in the browser's history. Runs before any
    view and before the way to sign-in, which would carry the address on.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        kept = request.GET.copy()
        for name, values in request.GET.lists():
            if any(holds_national_id(text) for text in (name, *values)):
                del kept[name]
        if len(kept) == len(request.GET):
            return get_response(request)
        told = _(
            "NIK tidak dicari di sini: alamat halaman tersimpan di banyak tempat. Pakai “Cari dengan NIK”."
        )
        messages.warning(request, told)
        query = kept.urlencode()
        return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)

    return middleware


def language_from_cookie(get_response: GetResponse) -> GetResponse:
    """The chosen language or Indonesian; a browser set to English does not decide (the office speaks Indonesian)."""
    known = {code for code, _label in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.setdefault("Content-Language", language)
        return response

    return middleware


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for sign-in unless its view says otherwise.

    An expired session answers htmx with a redirect of the whole page, not with a sign-in form inside a table;
    it returns to the page, not to the fragment.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        answer = super().handle_no_permission(request, view_func)
        if request.headers.get("HX-Request") == "true":
            answer.status_code = 204
            del answer["Location"]
            answer["HX-Redirect"] = redirect_to_login(_page_of_htmx(request), settings.LOGIN_URL).url
        return answer

    def get_login_url(self, view_func: Callable[..., HttpResponseBase]) -> str:
        """One way in; the admin's own views name the admin's page otherwise."""
        return resolve_url(settings.LOGIN_URL)


def _page_of_htmx(request: HttpRequest) -> str:
    """Path and query of the page that asked for a piece; the header comes from outside, so its host is dropped."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return "/"
    return urlunsplit(("", "", page.path or "/", page.query, ""))


def vary_on_form(get_response: GetResponse) -> GetResponse:
    """The same address answers htmx with a piece of the page, and is sent compressed or not: caches must not mix them.

    Said on short answers as well, which the compression leaves alone.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request", "Accept-Encoding"])
        return response

    return middleware


def site_context(request: HttpRequest) -> dict[str, object]:
    """What base.html shows on every page."""
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "sample_data": settings.IS_DEMO,
        "release": settings.RELEASE,
        "help_contact": settings.HELP_CONTACT,
    }


def tell_what_cannot_be_opened(get_response: GetResponse) -> GetResponse:
    """A number sealed with a key that is not installed: said in words, and in the log for who keeps the keys."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UndecipherableError):
            return None
        logger.error("sealed value not opened", path=request.path, why=str(exception))
        return render(request, "sealed.html", status=503)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django looks for it there
    return middleware
