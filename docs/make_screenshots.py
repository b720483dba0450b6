"""Makes the pictures of the help and of the README, from sample data in a database of its own.

Run it when the look has changed: .venv/bin/python docs/make_screenshots.py [names of pictures; all without]
"""

import base64
import io
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
HELP = ROOT / "static" / "help"
README = ROOT / "docs" / "images"
# The window is a little larger than a picture of the help, so that it shows a whole thought.
HELP_WINDOW, README_WINDOW = (912, 528), (1280, 1600)
HEAVIEST = 40 * 1024
PASSWORD = "contoh-kkmp-2025"  # noqa: S105  published, of the sample data
# What stands on every page would stand in every picture; admin and our pages name it differently.
HIDDEN = """
.site-head, .site-foot, .sample-band, .tab-bar, .crumbs, #header, .breadcrumbs, #nav-sidebar, .toggle-nav-sidebar
{ display: none !important; }
"""


@dataclass(frozen=True)
class Shot:
    """A picture: of which page, as whom. `at` is what stands at its top; `path` is asked when the data are there."""

    name: str
    username: str
    path: Callable[[], str]
    at: str = "main, #content"


def shots() -> list[Shot]:
    from django.urls import reverse

    from cooperatives.models import AreaGrant
    from kkmp.accounts.models import User
    from outlets.models import CapitalNeed, Status, StatusChange

    def idle_outlet() -> Any:
        """One in Tebet that stands idle and says what it needs."""
        idle = StatusChange.objects.live().filter(
            status=Status.IDLE, cooperative__kelurahan__kecamatan="31.74.01"
        )
        return (
            idle.filter(outlet__in=CapitalNeed.objects.values("outlet")).latest("effective_on", "pk").outlet
        )

    def cooperative() -> Any:
        return idle_outlet().cooperative

    def named(name: str, query: str = "") -> Callable[[], str]:
        return lambda: reverse(name) + query

    def leaver() -> int:
        return AreaGrant.objects.get(user=User.objects.get(username="petugas.tebet"), ends_on=None).user_id

    return [
        Shot("dashboard", "pimpinan", named("dashboard"), ".tiles"),
        Shot("day", "pimpinan", named("dashboard", "?on=2025-12-31&kecamatan=31.74.07")),
        Shot("list", "pimpinan", named("cooperatives:list", "?class=idle&reason=capital")),
        Shot("cooperative", "petugas.tebet", lambda: str(cooperative().get_absolute_url())),
        Shot(
            "outlet-form", "petugas.tebet", lambda: reverse("outlets:add", args=[cooperative().kelurahan_id])
        ),
        Shot("need-form", "petugas.tebet", lambda: reverse("outlets:need_add", args=[idle_outlet().pk])),
        Shot(
            "members",
            "petugas.tebet",
            lambda: f"{reverse('members:list')}?cooperative={cooperative().kelurahan_id}",
            "#list",
        ),
        Shot("import", "sudin.satu", lambda: reverse("imports:upload", args=["opening"])),
        Shot("decide", "sudin.satu", lambda: reverse("outlets:decide", args=[idle_outlet().pk])),
        Shot("links", "sudin.satu", named("accounts:people")),
        Shot("supports", "sudin.satu", named("partners:supports"), "#list .card:last-of-type"),
        Shot("export", "pimpinan", named("cooperatives:list", "?class=idle"), "#list"),
        Shot("access", "sudin.satu", named("access:people"), "#list"),
        Shot("account-form", "admin", named("admin:accounts_user_add")),
        Shot("grant-form", "admin", named("admin:cooperatives_areagrant_add")),
        Shot("hand-over", "admin", lambda: f"{reverse('access:hand_over')}?from={leaver()}"),
        Shot("access-log", "admin", named("access:log"), "#list"),
    ]


def prepare(folder: Path) -> None:
    """Settings of the demo on a fresh database; static files as they lie in the tree."""
    os.environ |= {
        "MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "kkmp.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'pictures.sqlite3'}",
        "FILES_DIR": str(folder / "files"),
        "SECRET_KEY": "pictures-of-sample-data-only-on-this-machine-and-gone-after",
        "DATA_KEY": base64.b64encode(os.urandom(32)).decode(),
        # Playwright's loop runs in this thread; the queries here are no part of it.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    for command in ("build_assets", "seed_reference", "seed_demo"):
        call_command(command, stdout=io.StringIO())


@contextmanager
def served() -> Iterator[str]:
    """The application on a free port of this machine."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from kkmp.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of its base
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def take(wanted: list[Shot], address: str, *, with_readme: bool) -> None:
    from playwright.sync_api import sync_playwright

    from dev import CHROMIUM_NAMES
    from kkmp.pages.help import PICTURE_HEIGHT, PICTURE_WIDTH

    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if chromium is None:
        sys.exit("Chromium is needed: sudo apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--lang=id"],
            env={**os.environ, "LANGUAGE": "id"},
        )
        for shot in wanted:
            page = _opened(browser, address, shot, HELP_WINDOW)
            page.add_style_tag(content=HIDDEN)
            page.evaluate(
                "at => window.scrollTo(0, document.querySelector(at).getBoundingClientRect().top + scrollY - 12)",
                shot.at,
            )
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            _save_light(picture.resize((PICTURE_WIDTH, PICTURE_HEIGHT), Image.Resampling.LANCZOS), shot.name)
            page.context.close()
        if with_readme:
            page = _opened(
                browser, address, Shot("dashboard", "pimpinan", lambda: "/?on=2025-09-22"), README_WINDOW
            )
            README.mkdir(exist_ok=True)
            page.screenshot(path=README / "dashboard.png")
            page.context.close()
        browser.close()


def _opened(browser: Any, address: str, shot: Shot, window: tuple[int, int]) -> Any:
    """Light, in Indonesian, signed in. The policy is off for the style that hides; the pages themselves keep it."""
    context = browser.new_context(
        base_url=address,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        color_scheme="light",
        bypass_csp=True,
        viewport={"width": window[0], "height": window[1]},
    )
    page = context.new_page()
    page.goto(f"/accounts/login/?next={shot.path()}")
    page.locator("input[name=login]").fill(shot.username)
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name="Masuk", exact=True).click()
    page.goto(shot.path(), wait_until="networkidle")
    return page


def _save_light(picture: Image.Image, name: str) -> None:
    """As good as its weight allows."""
    HELP.mkdir(exist_ok=True)
    for quality in range(80, 20, -6):
        content = io.BytesIO()
        picture.save(content, "WEBP", quality=quality, method=6)
        if content.tell() <= HEAVIEST:
            (HELP / f"{name}.webp").write_bytes(content.getvalue())
            sys.stdout.write(f"{name}.webp {content.tell() // 1024} kB, quality {quality}\n")
            return
    sys.exit(f"{name} is too heavy at any quality: show less of the page")


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        wanted = [shot for shot in shots() if not names or shot.name in names]
        with served() as address:
            take(wanted, address, with_readme=not names or "readme" in names)


if __name__ == "__main__":
    main(sys.argv[1:])
