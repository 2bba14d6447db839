"""A real browser, a demo server that can be killed, and a network that can be cut."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from holdfast.testing import Cut
from tests.support.servers import free_port

if TYPE_CHECKING:  # the lowest supported versions are tested without a browser
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebSocket

NAMES = ("chromium", "chromium-browser", "google-chrome")
MAIN = "from holdfast.cli import main; main(prog_name='holdfast')"
SOURCE = Path(__file__).parent.parent.parent / "src"
BUILT = SOURCE / "holdfast" / "demo" / "static" / "index.html"

LIVE = "#status[data-state=live]"
# The browser itself reports a connection that fails, which is what some of the tests are about.
FAILED = ("net::ERR_", "Connection closed before receiving a handshake response")
# Notes every state that the page shows: some are over before anybody who polls has seen them.
NOTE_STATES = """() => {
  const status = document.getElementById("status");
  window.states = [];
  new MutationObserver(() => {
    const tooWide = document.documentElement.scrollWidth > innerWidth;
    window.states.push({ state: status.dataset.state, tooWide });
  }).observe(status, { attributeFilter: ["data-state"] });
}"""
NOTED = "(name) => window.states.find(({ state }) => state === name)"
# What the policy forbids, it may report as no more than a failed request.
TELL_OF_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`forbidden by the policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


class Demo:
    """`holdfast demo` as a process of its own, which may be left to start by itself."""

    def __init__(self, source: Path) -> None:
        self.port = free_port()
        self._source = source
        self._begin()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        self._begin()
        self.listens()

    def listens(self) -> None:
        """Wait until it does."""
        assert self.process.stdout
        line = self.process.stdout.readline()  # said once it listens
        assert self.url in line, line

    def _begin(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", MAIN, "demo", "--port", str(self.port)],
            env={**os.environ, "PYTHONPATH": str(self._source)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Visitors:
    """Opens the page, as one person after another, and collects what their browsers complain of."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self.url = url
        self.contexts: list[BrowserContext] = []
        self.sockets: list[WebSocket] = []
        self.expected = [*FAILED]
        """What a test may add to: parts of complaints that it provokes."""
        self._complaints: list[str] = []

    def open(
        self,
        width: int = 1280,
        height: int = 900,
        *,
        url: str = "",
        ready: str = LIVE,
        script: str = "",
        **options: Any,
    ) -> Page:
        """The page of a new person, who does not like motion: a page that moves takes a third more.

        ``ready``: the selector that is waited for. ``script``: run before the page's own.
        """
        options.setdefault("reduced_motion", "reduce")
        context = self._browser.new_context(viewport={"width": width, "height": height}, **options)
        self.contexts.append(context)
        context.add_init_script(TELL_OF_VIOLATIONS + script)
        page = context.new_page()
        page.set_default_timeout(40_000)  # on a busy machine
        self._watch(page, url or self.url)
        page.goto(url or self.url)
        page.wait_for_selector(ready)
        return page

    def socket(self, path: str) -> WebSocket:
        """The newest connection to that path which is still open."""
        return next(
            one
            for one in reversed(self.sockets)
            if urlsplit(one.url).path == path and not one.is_closed()
        )

    @property
    def complaints(self) -> list[str]:
        return [one for one in self._complaints if not any(part in one for part in self.expected)]

    def _watch(self, page: Page, url: str) -> None:
        home = urlsplit(url).netloc

        def is_ours(address: str) -> None:
            if urlsplit(address).netloc != home:
                self._complaints.append(f"asked for from elsewhere: {address}")

        def connected(socket: WebSocket) -> None:
            is_ours(socket.url)
            self.sockets.append(socket)

        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complaints.append(f"{error}\n{error.stack}"))
        page.on("request", lambda request: is_ours(request.url))
        page.on("websocket", connected)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(message.text)


def noted(page: Page, state: str) -> Any:
    """What the page was like when it was first in that state, since ``NOTE_STATES``."""
    return page.wait_for_function(NOTED, arg=state).json_value()


@pytest.fixture(scope="module")
def source() -> Path:
    """Where the package is, with its built page."""
    if not BUILT.exists():
        pytest.fail("The demo's page is not built: `make frontend` builds it, and needs Node.")
    return SOURCE


@pytest.fixture(scope="module")
def new_demo(source: Path) -> Iterator[Callable[[], Demo]]:
    """Give demos that no test has touched: the next one starts while one is in use."""
    starting = [Demo(source)]

    def take() -> Demo:
        starting.append(Demo(source))
        starting[0].listens()
        return starting.pop(0)

    yield take
    for demo in starting:
        demo.kill()


@pytest.fixture
def demo(new_demo: Callable[[], Demo]) -> Iterator[Demo]:
    """A demo that no other test has touched."""
    demo = new_demo()
    yield demo
    demo.kill()


@pytest.fixture(scope="module")
def shared_demo(new_demo: Callable[[], Demo]) -> Iterator[Demo]:
    """The demo of those who only look."""
    demo = new_demo()
    yield demo
    demo.kill()


@pytest.fixture
def cut(demo: Demo) -> Iterator[Cut]:
    """A network to the demo that can be cut: ``visitors.open(url=cut.url)`` goes through it."""
    cut = Cut(demo.port)
    yield cut
    cut.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("No Chromium was found: scripts/system-packages.sh chromium installs it.")
    return found


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visiting(browser: Browser) -> Iterator[Callable[[str], Visitors]]:
    """No test may leave a console error, a page error or a violation of the policy behind."""
    opened: list[Visitors] = []

    def visit(url: str) -> Visitors:
        opened.append(Visitors(browser, url))
        return opened[-1]

    yield visit
    for visitors in opened:
        for context in visitors.contexts:
            context.close()
        assert not visitors.complaints


@pytest.fixture
def visitors(demo: Demo, visiting: Callable[[str], Visitors]) -> Visitors:
    """Those who visit a demo of their own. They leave before it ends: it is set up first."""
    return visiting(demo.url)


@pytest.fixture
def guests(shared_demo: Demo, visiting: Callable[[str], Visitors]) -> Visitors:
    """Those who only look, at a demo that others have looked at."""
    return visiting(shared_demo.url)
