"""The demo's server side, on every server."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.support.http import request
from tests.support.servers import KINDS, STOCK, Servers

APP = "holdfast.demo.app:app"
PAGE = Path(__file__).parent.parent.parent / "src" / "holdfast" / "demo" / "page"


@pytest.fixture(params=KINDS)
def port(request: pytest.FixtureRequest, servers: Servers) -> int:
    return servers(request.param, APP).port


@pytest.fixture
def stock(servers: Servers) -> int:
    return servers(STOCK, APP).port


def client(port: int, path: str) -> connect:
    return connect(f"ws://127.0.0.1:{port}{path}", proxy=None)


async def receive(ws: ClientConnection, kind: str = "") -> Any:
    """The next message; of that kind, if one is named."""
    async with asyncio.timeout(5):
        while True:
            message = json.loads(await ws.recv())
            if not kind or message["kind"] == kind:
                return message


# -- the page ----------------------------------------------------------------------------------


@pytest.mark.servers
@pytest.mark.parametrize("name", ["", *sorted(f"page/{one.name}" for one in PAGE.iterdir())])
async def test_the_page_may_load_nothing_from_elsewhere(stock: int, name: str) -> None:
    answer = await request("GET", stock, f"/{name}")
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_has_no_inline_script_or_style_and_no_foreign_address() -> None:
    html = (PAGE / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    for one in PAGE.iterdir():
        addresses = re.findall(r"https?://[^\s\"')]+", one.read_text())
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}, one.name


def test_the_page_stays_small() -> None:
    """Plain files are read as they are: by people too."""
    for one in PAGE.iterdir():
        assert len(one.read_text().splitlines()) <= 400, one.name
