"""A browser's own way: a page over HTTP/2, and its WebSockets."""

from __future__ import annotations

import shutil

import pytest

from tests.deploy.clients import origin_of
from tests.deploy.proxies import HOST, Proxy

pytestmark = [pytest.mark.servers, pytest.mark.newest, pytest.mark.browser]

NAMES = ("chromium", "chromium-browser", "google-chrome")
CONNECT = """
(path) => new Promise((resolve) => {
  const socket = new WebSocket(`wss://${location.host}${path}`);
  const found = {first: null};
  socket.onmessage = (event) => { found.first ??= event.data; socket.close(4000, "enough"); };
  socket.onclose = (event) => resolve({...found, code: event.code, reason: event.reason});
})
"""


async def test_a_page_and_its_websockets(proxy: Proxy) -> None:
    """HAProxy offers WebSockets over HTTP/2 (RFC 8441), and Chromium takes the offer."""
    from playwright.async_api import async_playwright

    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "No Chromium was found: scripts/system-packages.sh chromium installs it."
    options = ["--no-sandbox", f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
    async with async_playwright() as started:
        browser = await started.chromium.launch(executable_path=path, args=options)
        context = await browser.new_context(ignore_https_errors=True)
        page = await context.new_page()
        await page.goto(f"{origin_of(proxy)}/ready")
        echo = await page.evaluate(CONNECT, "/echo")
        closed = await page.evaluate(CONNECT, "/closes?code=3504&reason=too+many")
        await browser.close()
    assert HOST in echo["first"]
    assert (echo["code"], echo["reason"]) == (4000, "enough")
    assert closed == {"first": None, "code": 3504, "reason": "too many"}
    spoken = {"nginx": "GET /echo HTTP/1.1 101", "haproxy": "GET /echo HTTP/2.0 101"}[proxy.kind]
    assert spoken in proxy.text
