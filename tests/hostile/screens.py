"""Looks at pages in Chromium, in a thread of its own: Playwright's loop stays in the thread that began it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, sync_playwright

from tests.hostile.accounts import Account
from tests.journeys.stack import until

CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-3d-apis",
    "--disable-background-networking",
    "--no-first-run",
]
QUESTIONS: Final = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")
REPORTS: Final = """
window.__reports = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__reports.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
ROWS: Final = "(rows) => rows.filter((row) => !row.hidden).map((row) => row.dataset.incident).join()"


@dataclass
class Seen:
    """What one page showed, and what happened on it."""

    texts: set[str] = field(default_factory=set)
    offences: list[str] = field(default_factory=list)

    def shows(self, text: str) -> bool:
        """Return whether *text* can be read, letter for letter or cut with an ellipsis; blanks may be joined."""
        wanted = " ".join(text.split())
        return any(
            wanted in each or (each.endswith("…") and len(each) > 4 and wanted.startswith(each[:-1]))
            for each in self.texts
        )


class Eyes:
    """One Chromium that opens pages of one server."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address

    @contextlib.contextmanager
    def page(self, account: Account | None, seen: Seen, *, has_clock: bool = False) -> Iterator[Page]:
        """Open a page in a browser of its own, signed in, with everything that goes wrong noted."""
        context = self._browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        context.add_init_script(REPORTS)
        self._sign_in(context, account)
        page = context.new_page()
        page.on("dialog", lambda dialog: self._dismiss(dialog, seen))
        page.on("pageerror", lambda error: seen.offences.append(f"error: {error}"))
        page.on("request", lambda request: self._check_host(request, seen))
        if has_clock:
            page.clock.install()
        yield page
        context.close()

    def go(self, page: Page, path: str, ready: str) -> None:
        """Open an address and wait until the page shows what it is for."""
        page.goto(self._address + path)
        page.wait_for_selector(ready, timeout=30_000, state="attached")

    def look(self, page: Page, seen: Seen) -> None:
        """Note what the page shows now and what stands in it."""
        seen.texts |= {" ".join(text.split()) for text in page.evaluate(f"{QUESTIONS}.texts()")}
        seen.offences += page.evaluate(f"{QUESTIONS}.foreign()") + page.evaluate(f"{QUESTIONS}.harm()")

    def _sign_in(self, context: BrowserContext, account: Account | None) -> None:
        if account is None:
            return
        values = {"sid": account.token, "_csrf_token": account.session.csrf}
        context.add_cookies([{"name": name, "value": value, "url": self._address} for name, value in values.items()])

    @staticmethod
    def _dismiss(dialog: Dialog, seen: Seen) -> None:
        seen.offences.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _check_host(self, request: Request, seen: Seen) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            seen.offences.append(f"request to {request.url}")


@contextlib.contextmanager
def eyes(port: int) -> Iterator[Eyes]:
    """Start Chromium; call it, and all it gives, in one thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield Eyes(browser, f"http://127.0.0.1:{port}")
        browser.close()


def turned(page: Page, eye: Eyes, seen: Seen, pages: int) -> None:
    """Let the wall's list turn through its pages, twelve seconds each on the page's own clock."""
    before: set[str] = set()
    for _ in range(pages):
        until(lambda: page.locator("#w13 .open").evaluate_all(ROWS) not in before, "the list turned its page")
        before.add(page.locator("#w13 .open").evaluate_all(ROWS))
        eye.look(page, seen)
        page.clock.fast_forward(12_500)
