"""The side-by-side's server side: what each button does to the tutorial and to Holdfast."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from holdfast.demo import app as demo
from holdfast.demo.peers import Server, this_server
from holdfast.testing import serve, until
from tests.demo.visiting import APP, client
from tests.support.http import get_json, request
from tests.support.servers import STOCK, Servers
from tests.support.timing import one_within

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

# What waits for the demo's own clock says nothing of FastAPI's versions.
own_clock = pytest.mark.newest

TUTORIAL, HOLDFAST = "tutorial", "holdfast"
PAGE = 1_795_000_000_000  # a page's number: the time, as in the tutorial
DEMO = Path(demo.__file__).parent
PINGS = ("--ws-ping-interval", "3", "--ws-ping-timeout", "3")


class Page:
    """What a page does: watches, and listens to both sides."""

    def __init__(self, port: int, prefix: str = "") -> None:
        self.port = port
        self.prefix = prefix
        self.state: dict[str, Any] = {}
        self.news: dict[int, dict[str, Any]] = {}
        self.numbers: dict[str, list[int]] = {TUTORIAL: [], HOLDFAST: []}
        self.connects = {TUTORIAL: 0, HOLDFAST: 0}

    async def watch(self, ws: ClientConnection) -> None:
        async for text in ws:
            self.state = json.loads(text)
            self.news |= {one["number"]: one for one in self.state["events"]}

    async def listen(self, side: str) -> None:
        """Like the page's own socket it comes back."""
        while True:
            async with client(self.port, f"{self.prefix}/ws/compare/{side}/{PAGE}") as ws:
                self.connects[side] += 1
                try:
                    async for text in ws:
                        if str(text).startswith("{"):
                            self.numbers[side].append(json.loads(text)["number"])
                except ConnectionClosed:
                    pass

    async def press(self, action: str) -> None:
        answer = await request("POST", self.port, f"{self.prefix}/compare/{action}")
        assert answer.status == 204, answer

    async def until(self, condition: Callable[[], Any], timeout: float = 10) -> float:
        return await until(condition, timeout)

    async def told(self, side: str, words: str, timeout: float = 10) -> str:
        """The news of that side which says so."""

        def found() -> list[str]:
            news = [one["text"] for one in self.news.values() if one["side"] == side]
            return [text for text in news if words in text]

        await until(found, timeout, f"{side} tells {words!r}: {self.news}")
        return found()[0]

    def received(self, side: str) -> int:
        return len(self.numbers[side])

    def viewers(self) -> tuple[int, int]:
        return self.state[TUTORIAL]["viewers"], self.state[HOLDFAST]["viewers"]

    async def goes_on(self, side: str, messages: int = 25) -> None:
        before = self.received(side)
        await until(lambda: self.received(side) >= before + messages, 10)

    async def stands_still(self, seconds: float) -> None:
        """The tutorial's side, while the other one goes on."""
        await self.goes_on(HOLDFAST)  # what was on its way arrives meanwhile
        before = {side: self.received(side) for side in self.numbers}
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            await self.goes_on(HOLDFAST, 5)
            assert self.received(TUTORIAL) == before[TUTORIAL]
        assert self.received(HOLDFAST) > before[HOLDFAST] + 10 * seconds


@asynccontextmanager
async def opened(port: int, prefix: str = "") -> AsyncIterator[Page]:
    """A page that receives from both sides, until it is closed."""
    page = Page(port, prefix)
    async with client(port, f"{prefix}/ws/compare") as ws:
        tasks = [asyncio.create_task(page.watch(ws))]
        tasks += [asyncio.create_task(page.listen(side)) for side in page.numbers]
        try:
            await until(lambda: all(page.numbers.values()), 10)
            yield page
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def nobody_watches(port: int) -> bool:
    return not (await get_json(port, "/state"))["streams"]


@pytest.fixture
async def quiet(stock: int) -> int:
    """A server on which the test before has left nothing."""
    await until(lambda: nobody_watches(stock))
    return stock


# -- the two sides -----------------------------------------------------------------------------


async def test_both_sides_are_sent_the_same_stream_while_somebody_watches(quiet: int) -> None:
    assert (await request("POST", quiet, "/compare/add")).json == {
        "detail": "nobody watches: open the page first"
    }
    async with opened(quiet) as page:
        before = {side: page.received(side) for side in page.numbers}
        began = time.monotonic()
        for side in page.numbers:
            await page.goes_on(side, 75)
        rate = (page.received(HOLDFAST) - before[HOLDFAST]) / (time.monotonic() - began)
        assert 10 < rate < 26
        for numbers in page.numbers.values():
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert page.viewers() == (1, 1)
        assert page.state["rate"] == 25
        for side in page.numbers:
            assert page.state[side]["still_since"] == 0
            assert page.state[side]["error"] == ""
    await until(lambda: nobody_watches(quiet))


async def test_each_message_has_four_kilobytes(quiet: int) -> None:
    async with opened(quiet), client(quiet, f"/ws/compare/tutorial/{PAGE}") as ws:
        message = json.loads(await ws.recv())
    assert len(message["filler"]) == 4096
    assert abs(message["time"] - time.time()) < 60


async def test_the_tutorial_runs_on_its_own_and_the_rewritten_chat_is_no_longer(
    servers: Servers,
) -> None:
    lines = {
        name: len((DEMO / name).read_text().splitlines())
        for name in ("tutorial.py", "rewritten.py")
    }
    assert lines["rewritten.py"] <= lines["tutorial.py"] <= 60
    server = servers(STOCK, "holdfast.demo.tutorial:app")
    async with client(server.port, "/ws/7") as ada, client(server.port, "/ws/8") as bob:
        await ada.send("hello")
        assert await ada.recv() == "You wrote: hello"
        assert await bob.recv() == "Client #7 says: hello"


async def test_both_chats_say_the_same(quiet: int) -> None:
    async with opened(quiet) as page:
        for side in page.numbers:
            async with client(quiet, f"/ws/compare/{side}/7") as ws:
                await ws.send("hello")
                said = []
                while len(said) < 2:
                    text = str(await ws.recv())
                    said += [text] * (not text.startswith("{"))
                assert said == ["You wrote: hello", "Client #7 says: hello"]


# -- the buttons -------------------------------------------------------------------------------


@own_clock
async def test_a_stalled_viewer_stops_the_tutorial_and_is_aborted_by_holdfast(quiet: int) -> None:
    async with opened(quiet) as page:
        await page.press("stall")
        await page.told(TUTORIAL, "Its loop waits in send_text for viewer 1.")
        await page.stands_still(5)
        assert page.state[TUTORIAL]["still_since"] < time.time() - 5
        told = await page.told(HOLDFAST, "Viewer 1 was aborted", 15)
        assert told.endswith("close code 3008, the client took nothing for 5 s.")
        await page.until(lambda: page.viewers() == (2, 1))
        assert page.state[TUTORIAL]["peers"] == {"stalled": 1}
        assert page.state[HOLDFAST]["peers"] == {}
        await page.stands_still(1)


async def test_a_binary_frame_kills_the_tutorial_and_is_answered_by_holdfast(quiet: int) -> None:
    async with opened(quiet) as page:
        await page.press("binary")
        told = await page.told(TUTORIAL, "The handler of viewer 1 died of KeyError: 'text'.")
        assert told.endswith("Its socket is still in its list.")
        await page.told(TUTORIAL, "Its feed died of WebSocketDisconnect: close code 1006.")
        await page.told(HOLDFAST, "Viewer 1 was answered “a binary message arrived")
        await page.stands_still(5)
        assert page.viewers() == (2, 2)
        assert page.state[TUTORIAL]["error"] == "WebSocketDisconnect: close code 1006"
        assert page.state[HOLDFAST]["peers"] == {"binary": 1}


@own_clock
async def test_a_hundred_viewers_join_both_sides_as_often_as_there_is_room(quiet: int) -> None:
    async with opened(quiet) as page:
        for count in (101, 201):
            await page.press("add")
            await page.until(lambda: page.viewers() == (count, count))  # noqa: B023
        await page.told("both", "100 viewers joined, within")
        answer = await request("POST", quiet, "/compare/add")
        assert answer.status == 409
        assert "reset first" in answer.json["detail"]
        for side in page.numbers:
            assert page.state[side]["peers"] == {"reading": 200}
            await page.goes_on(side)


async def test_a_viewer_that_vanishes_leaves_both_and_it_is_said_how(quiet: int) -> None:
    async with opened(quiet) as page:
        await page.press("vanish")  # who is not there joins first
        await page.told(HOLDFAST, "Viewer 1 has left the registry.")
        await page.press("add")
        await page.until(lambda: page.viewers()[1] == 101)
        await page.press("vanish")
        await page.told("both", "Viewer 101 vanished: a TCP reset, and no close frame.")
        told = await page.told(TUTORIAL, "took viewer 101 off the list")
        assert told.startswith("It was noticed within ")
        await page.told(HOLDFAST, "Viewer 101 has left the registry.")
        await page.until(lambda: page.viewers() == (100, 100))
        await page.goes_on(HOLDFAST)


@own_clock
async def test_a_reset_brings_the_tutorial_back_and_interrupts_nobody_else(quiet: int) -> None:
    async with opened(quiet) as page:
        await page.press("add")
        await page.press("stall")
        await page.told(TUTORIAL, "Its loop waits")
        await page.press("reset")
        await page.goes_on(TUTORIAL)
        await page.until(lambda: page.viewers() == (1, 1))
        assert page.connects == {TUTORIAL: 2, HOLDFAST: 1}
        assert page.state[TUTORIAL]["still_since"] == 0
        await page.press("binary")
        await page.told(TUTORIAL, "Its feed died")
        await page.stands_still(2)
        await page.press("reset")
        await page.goes_on(TUTORIAL)
        numbers = page.numbers[HOLDFAST]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@own_clock
async def test_two_pages_press_at_once_and_see_the_same(quiet: int) -> None:
    async with opened(quiet) as one, opened(quiet) as other:
        actions = ["add", "stall", "vanish", "binary"]
        await asyncio.gather(*(page.press(action) for action in actions for page in (one, other)))
        await until(lambda: len(one.news.keys() & other.news.keys()) >= 8)  # one for each press
        await one.until(lambda: one.state[HOLDFAST]["peers"].get("stalled") is None, 20)
        shared = one.news.keys() & other.news.keys()
        assert all(one.news[number] == other.news[number] for number in shared)
        assert one.state[HOLDFAST]["peers"] == {"reading": 198, "binary": 2}


@own_clock
async def test_the_server_gives_a_stalled_viewer_up_and_the_tutorial_waits_on(
    servers: Servers,
) -> None:
    """What uvicorn's pings do: by default after 40 seconds, here after six."""
    async with opened(servers(STOCK, APP, *PINGS).port) as page:
        await page.press("add")
        await page.press("stall")
        await page.told(TUTORIAL, "Its loop waits in send_text for viewer 101.")
        told = await page.told(TUTORIAL, "The server has given up viewer 101, which answers no ")
        assert told.endswith("ping. The loop waits on.")
        await page.stands_still(5)
        assert page.viewers() == (102, 101)  # those that read have answered theirs


async def test_a_number_as_the_framework_reads_it_is_one_for_the_page_too(quiet: int) -> None:
    async with opened(quiet) as page:
        paths = [f"/ws/compare/{side}/7.0" for side in (TUTORIAL, HOLDFAST)]
        async with client(quiet, paths[0]), client(quiet, paths[1]):
            await page.until(lambda: page.viewers() == (2, 2))
            await page.press("vanish")
            await page.told(HOLDFAST, "Viewer 1 has left the registry.")


async def test_what_is_no_button_is_refused(quiet: int) -> None:
    assert (await request("POST", quiet, "/compare/explode")).status == 422


# -- the end -----------------------------------------------------------------------------------


@own_clock
async def test_the_last_page_takes_everything_with_it(port: int) -> None:
    """On every server, with a viewer that never reads on both sides."""
    await until(lambda: nobody_watches(port))
    before = await get_json(port, "/state")

    async def is_as_before() -> bool:
        now = await get_json(port, "/state")
        few = now["tasks"] <= before["tasks"] and now["connections"] <= before["connections"]
        return few and not now["streams"]

    async def to_go() -> float:
        async with opened(port) as page:
            await page.press("add")
            await page.press("stall")
            await page.told("both", "It reads nothing")
            assert (await get_json(port, "/state"))["connections"] >= before["connections"] + 102
            await page.goes_on(HOLDFAST, 60)
        return await until(is_as_before)

    await one_within(2, to_go)


async def test_a_server_stops_while_the_tutorial_stands_still(servers: Servers) -> None:
    server = servers.fresh(STOCK, APP)
    async with opened(server.port) as page:
        await page.press("stall")
        await page.told(TUTORIAL, "Its loop waits")
        server.terminate()
        await until(lambda: server.process.poll() is not None, 5)
    assert "Traceback" not in server.text


# -- where the server is -----------------------------------------------------------------------


async def test_it_works_below_another_app() -> None:
    outer = FastAPI()
    outer.mount("/below", demo.app)
    async with serve(outer) as server, opened(server.port, "/below") as page:
        await page.press("vanish")
        await page.told(HOLDFAST, "Viewer 1 has left the registry.")


@pytest.mark.parametrize(
    ("scope", "server"),
    [
        ({"server": ("127.0.0.1", 80)}, Server(("127.0.0.1", 80), "")),
        ({"server": ("::1", 80), "root_path": "/proxy"}, Server(("::1", 80), "")),
        (
            {"server": ("::1", 80), "root_path": "/proxy/app", "app_root_path": "/proxy"},
            Server(("::1", 80), "/app"),
        ),
        ({"server": ("/run/demo.sock", None)}, None),
        ({"server": None}, None),
        ({}, None),
    ],
)
def test_a_server_knows_where_it_is_reached(scope: dict[str, Any], server: Server | None) -> None:
    assert this_server(scope) == server
