"""Chromium against the whole product. Each file has its street; a test that moves it has one of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

from street.people import Role
from tests.journeys.stack import ROOT, Stack

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
SOFTWARE_GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
NO_GL = ["--disable-gpu", "--disable-3d-apis"]
PATIENCE_MS = 60_000  # a shared machine without a graphics card draws its first map slowly


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a journey, and comes last: Playwright's loop runs in our thread to the end."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journeys)
            item.add_marker(pytest.mark.timeout(300))
    items.sort(key=lambda item: item.get_closest_marker("journeys") is not None)


@dataclass
class Seen:
    """What a page asked for and complained about."""

    hosts: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note everything from now on."""
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self.hosts.add(request.url.split("/")[2])

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(f"{response.status} {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "GPU stall due to ReadPixels" not in message.text:
            self.errors.append(message.text)


Opened = tuple[Page, Seen]


@pytest.fixture(scope="session")
def browsers() -> Iterator[Callable[[list[str]], Browser]]:
    """Start Chromium, once for each way of drawing."""
    with sync_playwright() as playwright:
        running: dict[tuple[str, ...], Browser] = {}

        def browser(drawing: list[str]) -> Browser:
            key = tuple(drawing)
            if key not in running:
                running[key] = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *drawing])
            return running[key]

        yield browser
        for one in running.values():
            one.close()


Browsers = Callable[[list[str]], Browser]


@pytest.fixture(scope="module")
def open_wall(browsers: Browsers) -> Iterator[Callable[..., Opened]]:
    """Open a wall that all tests of the file look at."""
    yield from _walls(browsers)


@pytest.fixture
def open_own_wall(browsers: Browsers) -> Iterator[Callable[..., Opened]]:
    """Open a wall for one test."""
    yield from _walls(browsers)


def _walls(browsers: Browsers) -> Iterator[Callable[..., Opened]]:
    contexts: list[BrowserContext] = []

    def opened(
        stack: Stack,
        width: int = 1920,
        height: int = 1080,
        *,
        query: str = "",
        has_gl: bool = True,
        role: Role = Role.WALL,
        **options: Any,
    ) -> Opened:
        browser = browsers(SOFTWARE_GL if has_gl else NO_GL)
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        stack.enter(context, role)
        page, seen = context.new_page(), Seen()
        seen.watch(page)
        page.goto(stack.url + query)  # then: its map is drawn and its data alive
        page.wait_for_selector("#w11[data-map]", timeout=PATIENCE_MS)
        page.wait_for_selector('#w1[data-state="fresh"]', timeout=PATIENCE_MS)
        return page, seen

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A street of the file's own; its tests must not move it against one another."""
    stack = Stack(tmp_path_factory.mktemp("street"))
    try:
        stack.open()
        yield stack
    finally:
        stack.close()


@pytest.fixture
def new_street(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Open a street for one test."""
    stacks: list[Stack] = []

    def opened(assets: Path = ROOT / "street/geo/demo_assets.csv") -> Stack:
        stacks.append(Stack(tmp_path / f"street-{len(stacks)}", assets))
        stacks[-1].open()
        return stacks[-1]

    yield opened
    for stack in stacks:
        stack.close()
