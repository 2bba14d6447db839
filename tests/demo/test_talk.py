"""The chat, who is here, notifications and the stall test, on every server."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosedOK, InvalidStatus

from holdfast.demo.app import app
from holdfast.demo.talk import stall_test
from holdfast.testing import peer, serve, until
from tests.demo.visiting import APP, client
from tests.support.http import get_json, post, request
from tests.support.servers import STOCK, Servers
from tests.support.timing import one_within

pytestmark = pytest.mark.servers

# What waits for the demo's own clock says nothing of FastAPI's versions.
own_clock = pytest.mark.newest


async def envelope(ws: ClientConnection, kind: str) -> Any:
    """The next publication of that kind, with its position."""
    async with asyncio.timeout(20):
        while True:
            # Not all that a channel says is a publication: where only the latest is sent, gaps are.
            message = json.loads(await ws.recv())
            if message.get("data", {}).get("kind") == kind:
                return message


async def receive(ws: ClientConnection, kind: str) -> Any:
    return (await envelope(ws, kind))["data"]


async def receive_text(ws: ClientConnection, text: str) -> Any:
    """The publication of the chat message that says this; earlier ones may come before it."""
    while True:
        message = await envelope(ws, "said")
        if message["data"]["text"] == text:
            return message


async def until_here(ws: ClientConnection, wanted: Mapping[str, int]) -> None:
    """Wait for these connections of these people; 0 for who is gone."""
    while True:
        members = (await receive(ws, "here"))["members"]
        counts = {member["user"]: member["connections"] for member in members}
        if all(counts.get(name, 0) == number for name, number in wanted.items()):
            return


# -- the chat ----------------------------------------------------------------------------------


async def test_the_chat_reaches_every_member_the_sender_too(port: int) -> None:
    async with client(port, "/ws/chat/ada") as ada, client(port, "/ws/chat/bob") as bob:
        await until_here(ada, {"ada": 1, "bob": 1})
        await ada.send("hello to both")
        for ws in (ada, bob):
            said = (await receive_text(ws, "hello to both"))["data"]
            assert said["name"] == "ada"
            assert abs(said["time"] - time.time()) < 60


async def test_who_joins_late_reads_what_was_said(stock: int) -> None:
    async with client(stock, "/ws/chat/early") as early:
        await early.send("before you came")
        await receive_text(early, "before you came")
    async with client(stock, "/ws/chat/late") as late:
        assert (await receive_text(late, "before you came"))["data"]["name"] == "early"


async def test_who_comes_back_reads_what_was_said_meanwhile_and_nothing_twice(port: int) -> None:
    async with client(port, "/ws/chat/stays") as stays:
        async with client(port, "/ws/chat/returns") as returns:
            await returns.send("the last that I saw")
            last = await receive_text(returns, "the last that I saw")
        for number in range(60):  # more than who is new would be told
            await stays.send(f"meanwhile {number}")
        await receive_text(stays, "meanwhile 59")
        since = f"{last['epoch']}-{last['offset']}"
        async with client(port, f"/ws/chat/returns?since={since}") as returns:
            messages = [await envelope(returns, "said") for _ in range(60)]
        assert [one["data"]["text"] for one in messages] == [f"meanwhile {n}" for n in range(60)]
        assert [one["offset"] - last["offset"] for one in messages] == list(range(1, 61))


@pytest.mark.parametrize("since", ["of-another-life", "0123abcd-7", "nonsense"])
async def test_who_comes_back_to_another_server_reads_what_is_kept(stock: int, since: str) -> None:
    async with client(stock, "/ws/chat/ada") as ada:
        await ada.send("kept")
        await receive_text(ada, "kept")
        async with client(stock, f"/ws/chat/bob?since={since}") as bob:
            await receive_text(bob, "kept")


async def test_only_text_is_said(stock: int) -> None:
    async with client(stock, "/ws/chat/ada") as ada:
        for text in ("   ", "x" * 501, "  the last  "):
            await ada.send(text)
        while (said := await receive(ada, "said"))["text"] != "x" * 500:
            assert said["text"].strip()
        await receive_text(ada, "the last")


@pytest.mark.parametrize("name", ["x" * 25, "%20", "a%2F..%2Fb", "%3Cb%3E"])
async def test_what_is_no_name_is_refused(stock: int, name: str) -> None:
    with pytest.raises(InvalidStatus):
        async with client(stock, f"/ws/chat/{name}"):
            pass


# -- who is here -------------------------------------------------------------------------------


async def test_everybody_sees_who_is_here(port: int) -> None:
    async with client(port, "/ws/chat/stays") as stays:
        async with client(port, "/ws/chat/goes"):
            await until_here(stays, {"stays": 1, "goes": 1})
        await until_here(stays, {"stays": 1, "goes": 0})


async def test_two_pages_of_one_name_are_one_person(port: int) -> None:
    async with client(port, "/ws/chat/twin") as first:
        async with client(port, "/ws/chat/twin"):
            await until_here(first, {"twin": 2})
        await until_here(first, {"twin": 1})


async def test_who_vanishes_without_a_word_is_not_here(port: int) -> None:
    async with (
        client(port, "/ws/chat/stays") as stays,
        peer(port, "/ws/chat/vanishes") as vanishes,
    ):
        await until_here(stays, {"vanishes": 1})
        vanishes.reset()
        await until_here(stays, {"vanishes": 0})


@own_clock
async def test_a_quiet_page_is_told_again_that_the_connection_lives(stock: int) -> None:
    async with client(stock, "/ws/chat/quiet") as quiet:
        await until_here(quiet, {"quiet": 1})
        for _ in range(2):
            await until_here(quiet, {"quiet": 1})


# -- notifications -----------------------------------------------------------------------------


async def test_a_notification_reaches_its_user_on_all_pages_and_nobody_else(port: int) -> None:
    async with (
        client(port, "/ws/chat/eve") as eve,
        client(port, "/ws/chat/zoe") as first,
        client(port, "/ws/chat/zoe") as second,
    ):
        await until_here(second, {"eve": 1, "zoe": 2})
        assert await post(port, "/notify/zoe", {"text": "shipped"}) == {"pages": 2}
        for ws in (first, second):
            assert await receive(ws, "notice") == {"kind": "notice", "text": "shipped"}
        await first.send("after the notice")
        message: dict[str, Any] = {}
        while message.get("text") != "after the notice":
            # Not all that a channel says is a publication: it may tell of a gap, too.
            message = json.loads(await eve.recv()).get("data", {})
            assert message.get("kind") != "notice"


async def test_who_is_not_here_cannot_be_notified(stock: int) -> None:
    answer = await request("POST", stock, "/notify/nobody", {"text": "hello"})
    assert (answer.status, answer.json) == (404, {"detail": "nobody is not here"})


# -- the token stream --------------------------------------------------------------------------


@asynccontextmanager
async def asked(port: int, prompt: str = "Why do sockets leak?") -> AsyncIterator[str]:
    """The path of a new answer; it need not be watched to its end."""
    yield f"/answers/{(await post(port, '/answers', {'prompt': prompt}))['id']}"


async def read_all(ws: ClientConnection) -> str:
    """The text to its end, at which the server closes with 1000."""
    text = ""
    async with asyncio.timeout(40):
        with pytest.raises(ConnectionClosedOK):
            while True:
                text += str(await ws.recv())
    return text


async def read(ws: ClientConnection, messages: int) -> str:
    async with asyncio.timeout(20):
        return "".join([str(await ws.recv()) for _ in range(messages)])


async def summary(ws: ClientConnection, path: str, state: str) -> Any:
    """What the list says of an answer once it is in that state."""
    while True:
        for answer in (await receive(ws, "answers"))["answers"]:
            if path.endswith(answer["id"]) and answer["state"] == state:
                return answer


async def test_all_viewers_see_one_text_the_late_ones_too(port: int) -> None:
    async with asked(port, "a {word} & more") as path, client(port, f"/ws{path}") as first:
        began = await read(first, 20)
        async with client(port, f"/ws{path}") as second:
            at_once = await read(second, 1)
            texts = await asyncio.gather(read_all(first), read_all(second))
    assert at_once.startswith(began)
    assert began + texts[0] == at_once + texts[1]
    assert "“a {word} & more”" in began + texts[0]


@own_clock
async def test_two_answers_are_worded_differently(stock: int) -> None:
    async def text() -> str:
        async with asked(stock) as path, client(stock, f"/ws{path}") as ws:
            return await read_all(ws)

    assert len(set(await asyncio.gather(*[text() for _ in range(4)]))) > 1


@own_clock
async def test_a_stopped_answer_waits_for_all_and_goes_on(stock: int) -> None:
    async with (
        asked(stock) as path,
        client(stock, "/ws/chat/ada") as ada,
        client(stock, f"/ws{path}") as ws,
    ):
        text = await read(ws, 5)
        await post(stock, f"{path}/stop")
        length = (await summary(ada, path, "stopped"))["length"]
        silent = False
        async with asyncio.timeout(20):
            while len(text) < length or not silent:
                try:
                    text += str(await asyncio.wait_for(ws.recv(), 1))
                except TimeoutError:
                    silent = True
        assert length <= len(text) < length + 30  # one word may have been on its way
        await post(stock, f"{path}/resume")
        await summary(ada, path, "writing")
        text += await read_all(ws)
        assert len(text) == (await summary(ada, path, "done"))["length"]
        async with client(stock, f"/ws{path}") as late:
            assert await read_all(late) == text


@own_clock
async def test_without_viewers_it_ends_and_goes_on_with_the_next_one(stock: int) -> None:
    async with asked(stock) as path, client(stock, "/ws/chat/ada") as ada:
        async with client(stock, f"/ws{path}") as ws:
            before = await read(ws, 5)
        left = await summary(ada, path, "waiting")
        await receive(ada, "here")  # said every five seconds, when no viewer has been for a while
        async with client(stock, f"/ws{path}") as ws:
            whole = await read(ws, 1)
            assert whole.startswith(before)
            assert len(whole) - left["length"] < 30 * 30  # what a second more has brought
            whole += await read_all(ws)
        async with client(stock, f"/ws{path}") as ws:
            assert await read_all(ws) == whole
        assert len(whole) == (await summary(ada, path, "done"))["length"]


async def held(port: int) -> dict[str, Any]:
    """What the process holds, but for the channels, which keep what was said."""
    state: dict[str, Any] = await get_json(port, "/state")
    return {name: value for name, value in state.items() if name != "channels"}


@own_clock
@pytest.mark.parametrize("state", ["writing", "stopped", "done"])
async def test_two_seconds_after_its_last_viewer_nothing_is_left(
    servers: Servers, state: str
) -> None:
    port = servers.fresh(STOCK, APP).port
    before = await held(port)

    async def as_before() -> bool:
        return await held(port) == before

    async def to_go() -> float:
        async with (
            asked(port) as path,
            client(port, "/ws/chat/ada") as ada,
            client(port, f"/ws{path}"),
            client(port, f"/ws{path}") as ws,
        ):
            if state == "stopped":
                await post(port, f"{path}/stop")
            await (read_all(ws) if state == "done" else summary(ada, path, state))
            assert len((await held(port))["streams"]) == 1
        return await until(as_before)

    await one_within(2, to_go)


async def test_the_list_says_how_many_watch(port: int) -> None:
    async with asked(port) as path, client(port, "/ws/chat/ada") as ada:
        assert (await summary(ada, path, "waiting"))["viewers"] == 0
        async with client(port, f"/ws{path}"), client(port, f"/ws{path}"):
            while (await summary(ada, path, "writing"))["viewers"] != 2:
                pass
        assert (await summary(ada, path, "waiting"))["viewers"] == 0


@own_clock
async def test_only_the_latest_answers_are_kept(stock: int) -> None:
    async with asked(stock) as first, client(stock, f"/ws{first}") as watching:
        await post(stock, f"{first}/stop")
        for number in range(12):
            async with asked(stock, f"question {number}"):
                pass
        async with client(stock, "/ws/chat/ada") as ada:
            prompts = [one["prompt"] for one in (await receive(ada, "answers"))["answers"]]
        assert prompts == [f"question {number}" for number in reversed(range(12))]
        assert "code that means" in (text := await read_all(watching)) or "a yield" in text
        with pytest.raises(InvalidStatus):
            async with client(stock, f"/ws{first}"):
                pass
        answer = await request("POST", stock, f"{first}/resume")
        assert (answer.status, answer.json) == (404, {"detail": "this answer is no longer kept"})


@pytest.mark.parametrize("prompt", ["", "   ", "x" * 201, None])
async def test_what_is_no_prompt_is_refused(stock: int, prompt: str | None) -> None:
    assert (await request("POST", stock, "/answers", {"prompt": prompt})).status == 422


# -- the stall test ----------------------------------------------------------------------------


@own_clock
async def test_stalled_clients_are_aborted_while_others_get_everything(servers: Servers) -> None:
    port = servers.fresh(STOCK, APP).port
    async with client(port, "/ws/chat/ada") as ada:
        assert len((await post(port, "/stall", {"clients": 3}))["clients"]) == 3
        assert (await request("POST", port, "/stall", {"clients": 3})).status == 409
        numbers, times = [], []
        last: dict[str, Any] = {}
        while not last.get("done"):
            last = await receive(ada, "stall")
            numbers.append(last["number"])
            times.append(time.monotonic())
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) > 100
        assert max(b - a for a, b in pairwise(times)) < 4  # they are waited for for 5 s
        reasons = {one["ended"] for one in last["clients"]}
        assert reasons == {"3008 the client took nothing for 5 s"}
        assert all(5 < one["seconds"] < 15 for one in last["clients"])
        await ada.send("still here")
        await receive_text(ada, "still here")


async def test_clients_are_stalled_below_another_app_too() -> None:
    outer = FastAPI()
    outer.mount("/below", app)
    async with serve(outer) as server, client(server.port, "/below/ws/chat/ada") as ada:
        await post(server.port, "/below/stall", {"clients": 1})
        try:
            await until_here(ada, {"stalled-1": 1})
        finally:
            await stall_test.stop()


async def test_only_a_few_clients_can_be_stalled(stock: int) -> None:
    for count in (0, 21, "many"):
        assert (await request("POST", stock, "/stall", {"clients": count})).status == 422
