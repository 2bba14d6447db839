"""The demo's server side, on every server."""

import asyncio
import json
import re
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from tests.support.http import post, request
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


async def receive_text(ws: ClientConnection, text: str) -> Any:
    """The chat message that says this; what earlier tests said is replayed before it."""
    while True:
        message = await receive(ws, "said")
        if message["text"] == text:
            return message


async def until_here(ws: ClientConnection, wanted: Iterable[str], gone: Iterable[str] = ()) -> None:
    while True:
        names = set((await receive(ws, "here"))["names"])
        if names.issuperset(wanted) and not names & set(gone):
            return


# -- the chat ----------------------------------------------------------------------------------


@pytest.mark.servers
async def test_the_chat_reaches_every_member_the_sender_too(port: int) -> None:
    async with client(port, "/ws/chat/ada") as ada, client(port, "/ws/chat/bob") as bob:
        await until_here(ada, {"ada", "bob"})
        await ada.send("hello to both")
        for ws in (ada, bob):
            said = await receive_text(ws, "hello to both")
            assert said["name"] == "ada"
            assert abs(said["time"] - time.time()) < 60


@pytest.mark.servers
async def test_who_joins_late_reads_what_was_said(stock: int) -> None:
    async with client(stock, "/ws/chat/early") as early:
        await early.send("before you came")
        await receive_text(early, "before you came")
    async with client(stock, "/ws/chat/late") as late:
        assert (await receive_text(late, "before you came"))["name"] == "early"


@pytest.mark.servers
async def test_everybody_sees_who_is_here(port: int) -> None:
    async with client(port, "/ws/chat/stays") as stays:
        async with client(port, "/ws/chat/goes"):
            await until_here(stays, {"stays", "goes"})
        await until_here(stays, {"stays"}, gone={"goes"})


@pytest.mark.servers
async def test_only_text_is_said(stock: int) -> None:
    async with client(stock, "/ws/chat/ada") as ada:
        for text in ("   ", "x" * 501, "  the last  "):
            await ada.send(text)
        while (said := await receive(ada, "said"))["text"] != "x" * 500:
            assert said["text"].strip()
        await receive_text(ada, "the last")


@pytest.mark.servers
@pytest.mark.parametrize("name", ["x" * 25, "%20", "a%2F..%2Fb", "%3Cb%3E"])
async def test_what_is_no_name_is_refused(stock: int, name: str) -> None:
    with pytest.raises(InvalidStatus):
        async with client(stock, f"/ws/chat/{name}"):
            pass


# -- notifications -----------------------------------------------------------------------------


@pytest.mark.servers
async def test_a_notification_reaches_its_user_on_all_pages_and_nobody_else(port: int) -> None:
    async with (
        client(port, "/ws/chat/eve") as eve,
        client(port, "/ws/chat/zoe") as first,
        client(port, "/ws/chat/zoe") as second,
    ):
        await until_here(second, {"eve", "zoe"})
        assert await post(port, "/notify/zoe", {"text": "shipped"}) == {"pages": 2}
        for ws in (first, second):
            assert await receive(ws, "notice") == {"kind": "notice", "text": "shipped"}
        await first.send("after the notice")
        while (message := await receive(eve))["kind"] != "said" or message["name"] != "zoe":
            assert message["kind"] != "notice"


@pytest.mark.servers
async def test_who_is_not_here_cannot_be_notified(stock: int) -> None:
    answer = await request("POST", stock, "/notify/nobody", {"text": "hello"})
    assert (answer.status, answer.json) == (404, {"detail": "nobody is not here"})


# -- the stall test ----------------------------------------------------------------------------


@pytest.mark.servers
async def test_stalled_clients_are_aborted_while_others_get_everything(servers: Servers) -> None:
    port = servers.fresh(STOCK, APP).port
    async with client(port, "/ws/chat/ada") as ada, client(port, "/ws/metrics") as figures:
        assert len((await post(port, "/stall", {"clients": 3}))["clients"]) == 3
        assert (await request("POST", port, "/stall", {"clients": 3})).status == 409
        numbers, last = [], {}
        while not last.get("done"):
            last = await receive(ada, "stall")
            numbers.append(last["number"])
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) > 100
        reasons = {one["ended"] for one in last["clients"]}
        assert reasons == {"3008 the client took nothing for 5 s"}
        assert all(5 < one["seconds"] < 15 for one in last["clients"])
        await ada.send("still here")
        await receive_text(ada, "still here")
        samples = [await receive(figures) for _ in range(int(last["clients"][0]["seconds"]))]
        times = [sample["time"] for sample in samples]
        assert max(b - a for a, b in pairwise(times)) < 2.5


@pytest.mark.servers
async def test_only_a_few_clients_can_be_stalled(stock: int) -> None:
    for count in (0, 21, "many"):
        assert (await request("POST", stock, "/stall", {"clients": count})).status == 422


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
