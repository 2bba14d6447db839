"""A real browser, and a demo server that can be killed and started again on its port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.servers import free_port

if TYPE_CHECKING:  # the lowest supported versions are tested without a browser
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebSocket

NAMES = ("chromium", "chromium-browser", "google-chrome")
MAIN = "from holdfast.cli import main; main(prog_name='holdfast')"
ROOT = Path(__file__).parent.parent.parent

# The browser itself reports a connection that fails, which is what some of the tests are about.
EXPECTED = "net::ERR_"


class Demo:
    """`holdfast demo` as a process of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", MAIN, "demo", "--port", str(self.port)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()  # said once it listens
        assert self.url in line, line

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Visitors:
    """Opens the page, as one person after another, and collects what their browsers complain of."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self._browser = browser
        self._demo = demo
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.metrics: WebSocket

    def open(self, width: int = 1280, height: int = 900, **options: Any) -> Page:
        """The page of a new person, connected to both sockets."""
        context = self._browser.new_context(viewport={"width": width, "height": height}, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        with page.expect_websocket(lambda socket: socket.url.endswith("/metrics")) as metrics:
            page.goto(self._demo.url)
        self.metrics = metrics.value
        page.wait_for_selector("#status[data-state=live]")
        page.wait_for_selector("#chat[data-state=open]")
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and EXPECTED not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def demo() -> Iterator[Demo]:
    demo = Demo()
    yield demo
    demo.kill()


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("No Chromium was found: scripts/system-packages.sh chromium installs it.")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitors(browser: Browser, demo: Demo) -> Iterator[Visitors]:
    """No test may leave a console error, a page error or a violation of the policy behind."""
    visitors = Visitors(browser, demo)
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert not visitors.complaints
