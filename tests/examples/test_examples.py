"""The examples do what they say, on every server."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from holdfast.testing import until
from tests.support.http import events, get_json, post, request
from tests.support.servers import MOST_KINDS, STOCK, Server, Servers
from tests.support.timing import one_within

pytestmark = pytest.mark.servers

NAMES = ("chat", "echo", "metrics", "notifications", "token_stream")
FULL_ANSWER = "You asked: Hi. Here is what I think of it, in many words. "


@pytest.fixture(params=MOST_KINDS)
def port(request: pytest.FixtureRequest, servers: Servers) -> int:
    return servers(request.param, "tests.examples.apps:app").port


def client(port: int, path: str, **options: Any) -> connect:
    return connect(f"ws://127.0.0.1:{port}{path}", proxy=None, **options)


async def receive(ws: ClientConnection) -> str:
    async with asyncio.timeout(20):
        message = await ws.recv()
    assert isinstance(message, str)
    return message


@pytest.mark.parametrize("name", NAMES)
def test_an_example_starts_by_the_command_it_names(name: str, servers: Servers) -> None:
    server: Server = servers.fresh(STOCK, f"examples.{name}:app")
    server.stop(grace=5)
    assert server.process.returncode in (0, -15)  # uvicorn raises the signal again once it is done
    assert "Application shutdown complete" in server.text
    assert "Traceback" not in server.text


async def test_echo_answers_each_message(port: int) -> None:
    async with client(port, "/echo/ws") as ws:
        for text in ("hello", "", "wörld"):
            await ws.send(text)
        assert [await receive(ws) for _ in range(3)] == [
            "Message text was: hello",
            "Message text was: ",
            "Message text was: wörld",
        ]


async def test_chat_reaches_every_member_the_sender_too(port: int) -> None:
    async with client(port, "/chat/ws/ann") as ann, client(port, "/chat/ws/7") as seven:
        await ann.send("hello")
        assert [await receive(ann), await receive(seven)] == ["ann: hello"] * 2
        await seven.send("good day")
        assert [await receive(ann), await receive(seven)] == ["7: good day"] * 2


async def test_metrics_come_at_once_and_then_every_second(port: int) -> None:
    clock = asyncio.get_running_loop().time

    async def to_come() -> float:
        async with client(port, "/metrics/ws/metrics") as ws:
            start = clock()
            await receive(ws)
            return clock() - start

    await one_within(0.9, to_come)
    async with client(port, "/metrics/ws/metrics") as ws:
        start = clock()
        for _ in range(3):
            values = json.loads(await receive(ws))
            assert list(values) == ["cpu", "memory"]
            assert 0 <= values["cpu"] <= 100
            assert 0 < values["memory"] <= 100
        assert 1.5 < clock() - start < 5.0
        await one_within(0.9, to_come)


async def test_a_viewer_of_an_answer_gets_every_token(port: int) -> None:
    url = await answer_url(port)
    async with client(port, url) as ws:
        assert await receive(ws) == "You "
        assert "You " + "".join([text async for text in ws]) == FULL_ANSWER
        assert ws.close_code == 1000
    async with client(port, url) as late:  # it is kept for those who come later
        assert [text async for text in late] == [FULL_ANSWER]
        assert late.close_code == 1000


async def test_an_answer_stops_and_resumes_and_a_late_viewer_gets_the_text_so_far(
    port: int,
) -> None:
    prompt = " ".join(map(str, range(40)))  # it is stopped before all of it is said
    url, whole = await answer_url(port, prompt), FULL_ANSWER.replace("Hi", prompt)
    async with client(port, url) as first:
        seen = await receive(first) + await receive(first)
        await post(port, url.replace("/ws/", "/") + "/stop")
        seen += await until_silent(first)
        assert seen != whole
        async with client(port, url) as late, events(port, url) as listener:
            so_far = await receive(late)
            while seen != so_far:  # a word was on its way for longer than a while
                assert so_far.startswith(seen)
                seen += await receive(first)
            assert (await anext(listener)).data == seen
            await post(port, url.replace("/ws/", "/") + "/resume")
            for viewer in (first, late):
                assert seen + "".join([text async for text in viewer]) == whole
                assert viewer.close_code == 1000
            rest = [event async for event in listener]
            assert seen + "".join(event.data for event in rest[:-1]) == whole
            assert rest[-1].name == "close"


async def test_an_unknown_answer_is_not_found(port: int) -> None:
    answer = await request("POST", port, "/token_stream/answers/nonsense/stop")
    assert answer.status == 404
    with pytest.raises(InvalidStatus):
        await client(port, "/token_stream/ws/answers/nonsense")


async def test_a_notification_reaches_all_devices_of_its_user(port: int) -> None:
    path = "/notifications/ws"
    async with (
        client(port, path, subprotocols=["bearer", "token-of-ann"]) as phone,
        client(port, path, subprotocols=["bearer", "token-of-ann"]) as laptop,
        client(port, path, subprotocols=["bearer", "token-of-ben"]) as other,
    ):
        assert phone.subprotocol == "bearer"
        await post(port, "/notifications/users/ann", {"text": "for ann"})
        await post(port, "/notifications/users/ben", {"text": "for ben"})
        assert json.loads(await receive(phone)) == {"text": "for ann"}
        assert json.loads(await receive(laptop)) == {"text": "for ann"}
        assert json.loads(await receive(other)) == {"text": "for ben"}
        answer = await request("DELETE", port, "/notifications/users/ann/connections")
        assert answer.json == {"closed": 2}
        await until(lambda: phone.close_code == laptop.close_code == 3503)
        assert phone.close_reason in ("logged out", "")  # daphne sends no reasons


@pytest.mark.parametrize("tokens", [[], ["bearer"], ["bearer", "made-up"]])
async def test_notifications_need_a_token(port: int, tokens: list[str]) -> None:
    with pytest.raises(InvalidStatus):
        await client(port, "/notifications/ws", subprotocols=tokens or None)


async def until_silent(ws: ClientConnection) -> str:
    """What still comes until nothing has come for a while."""
    seen = ""
    while True:
        try:
            async with asyncio.timeout(0.3):
                seen += str(await ws.recv())
        except TimeoutError:
            return seen


async def answer_url(port: int, prompt: str = "Hi") -> str:
    answer = await post(port, "/token_stream/answers", {"prompt": prompt})
    assert (await get_json(port, "/token_stream/openapi.json"))["openapi"]
    return f"/token_stream/ws/answers/{answer['id']}"
