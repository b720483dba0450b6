"""What a browser test does on a page, and what it sees there that a person would not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page

from tests.factories import PASSWORD

# axe writes inline styles of its own into the page; from then on violations are not the page's.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => {
  if (!window.axe) reportViolation(`${event.violatedDirective} ${event.blockedURI} in ${event.documentURI}`);
});
"""
SIDEWAYS = """() => {
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter(element =>
    element.getBoundingClientRect().right > clientWidth + 0.5 || element.scrollWidth > clientWidth);
  return [`page: ${scrollWidth} px in ${clientWidth} px`,
    ...wide.slice(0, 8).map(element => `${element.tagName.toLowerCase()} class="${element.getAttribute("class") || ""}"`)];
}"""


@dataclass
class Watch:
    """Everything a page did that it must not do. A test that provokes an error clears what it expected."""

    base_url: str
    violations: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.expose_function("reportViolation", self._note_violation)
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("request", lambda request: self._note_request(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._note_message)

    def _note_violation(self, text: str) -> None:
        self.violations.append(text)

    def _note_request(self, url: str) -> None:
        if not url.startswith((f"{self.base_url}/", "about:", "blob:")):
            self.elsewhere.append(url)

    def _note_message(self, message: ConsoleMessage) -> None:
        # The policy's own messages are counted as violations, by their event.
        if message.type == "error" and "Content Security Policy" not in message.text:
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def assert_clean(self) -> None:
        seen = {"violations": self.violations, "elsewhere": self.elsewhere, "errors": self.errors}
        assert seen == {"violations": [], "elsewhere": [], "errors": []}


# A table's first dozen rows: the same lines of a template draw the others, and reading colours off them takes the
# most time of all. Told as lines in the page, since its account of all that passed is long to send.
AXE = """() => axe.run({ exclude: [["tbody > tr:nth-of-type(n + 13)"]] }, { resultTypes: ["violations"] })
  .then(({ violations }) => violations.flatMap(finding =>
    finding.nodes.map(node => `${finding.id}: ${node.target.join(" ")} (${finding.help})`)))"""


def axe(page: Page) -> list[str]:
    """Accessibility findings of the page as it stands, one line each."""
    page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(AXE)
    return found


def sideways(page: Page) -> list[str]:
    """What is wider than the window, at whatever width the test chose."""
    # A page that a click brought is there before its styles are.
    page.wait_for_load_state()
    found: list[str] = page.evaluate(SIDEWAYS)
    return found


def assert_no_sideways_scroll(page: Page) -> None:
    assert sideways(page) == []


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto(reverse("account_login"))
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(password)
    with page.expect_navigation(url=lambda url: reverse("account_login") not in url):
        page.locator("main form button.btn-primary").click()


@contextmanager
def narrow(page: Page, width: int = 360, height: int = 740) -> Iterator[None]:
    """The page as on a small phone."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    yield
    if before:
        page.set_viewport_size(before)
