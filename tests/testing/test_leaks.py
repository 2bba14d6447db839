"""What a test leaves behind is found, and what it does not leave is not."""

import asyncio
import gc
import re
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from holdfast import Connection, Holdfast
from holdfast.testing import LeakError, Server, assert_no_leaks, serve, until
from tests.testing.apps import QUICK, WithHoldfast

pytestmark = pytest.mark.leak_check(False)

KEPT: list[Any] = []  # what the leaking code holds on to


@pytest.fixture(autouse=True)
async def nothing_kept() -> AsyncIterator[None]:
    """This suite's own leaks end with each test."""
    yield
    for one in KEPT:
        one.close() if isinstance(one, socket.socket) else one.cancel()
    KEPT.clear()


def leaking(said: str, **options: Any) -> "Expected":
    return Expected(said, {"timeout": 0.3, **options})


class Expected:
    """``assert_no_leaks`` around a block that leaks, and what it has to say of it."""

    def __init__(self, said: str, options: dict[str, Any]) -> None:
        self.said = said
        self.check = assert_no_leaks(**options)

    async def __aenter__(self) -> None:
        await self.check.__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        if error[0] is None:
            with pytest.raises(LeakError) as caught:
                await self.check.__aexit__(None, None, None)
            found = re.sub(r"\S*test_leaks\.py:\d+", "HERE", str(caught.value))
            assert re.search(self.said, found, re.DOTALL), found


async def tick() -> None:
    while True:
        await asyncio.sleep(60)  # pacing: for ever


def app_with(handler: Any) -> FastAPI:
    app = FastAPI()
    app.add_api_websocket_route("/ws", handler)
    return app


# -- tasks -----------------------------------------------------------------------------------------


async def test_a_task_that_a_handler_leaves() -> None:
    async def handler(socket: WebSocket) -> None:
        await socket.accept()
        KEPT.append(asyncio.create_task(tick(), name="ticker"))
        await socket.receive()

    said = """1 thing is left after 0.3 s:

task 'ticker', tick
  waits at   HERE in tick:  await asyncio.sleep.60.*
  made at    HERE in test_a_task.*<locals>.handler:  KEPT.append.asyncio.create_task.*$"""
    async with serve(app_with(handler)) as server, leaking(said), server.peer("/ws"):
        pass


async def test_the_sibling_that_gather_leaves() -> None:
    async def handler(socket: WebSocket) -> None:
        await socket.accept()

        async def fail() -> None:
            raise ValueError

        await asyncio.gather(tick(), fail(), return_exceptions=False)

    said = (
        "^1 thing .*task '[^']+', tick\n  waits at   HERE in tick.*\n  made at    HERE in .*gather"
    )
    async with serve(app_with(handler)) as server, leaking(said), server.peer("/ws") as one:
        await one.end()
    KEPT.extend(task for task in asyncio.all_tasks() if task.get_coro().__name__ == "tick")


async def test_a_handler_that_never_learns_that_its_client_is_gone() -> None:
    over = asyncio.Event()

    async def handler(socket: WebSocket) -> None:
        await socket.accept()
        await over.wait()

    said = r"task '[^']+', WebSocketsSansIO\S+run_asgi\n  waits at   HERE in .*handler:  await over"
    async with serve(app_with(handler)) as server:
        async with leaking(said), server.peer("/ws"):
            pass
        over.set()


async def test_tasks_in_a_task_group_and_those_that_end_in_time_are_none() -> None:
    async with assert_no_leaks():
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0))
        KEPT.append(asyncio.create_task(asyncio.sleep(0.1)))  # pacing: it ends within the deadline


async def test_what_was_there_before_is_none(quick_server: Server) -> None:
    KEPT.append(asyncio.create_task(tick()))
    async with quick_server.peer("/ws/lobby"), assert_no_leaks():
        pass


async def test_the_loops_own_task_factory_stays() -> None:
    made: list[str] = []

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
        made.append(coroutine.__name__)
        return asyncio.Task(coroutine, loop=loop, **options)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(factory)
    async with assert_no_leaks(), assert_no_leaks():
        await asyncio.create_task(asyncio.sleep(0))
    assert (made, loop.get_task_factory()) == (["sleep"], factory)
    loop.set_task_factory(None)


# -- connections -----------------------------------------------------------------------------------


async def test_connections_streams_and_all_of_holdfast_is_over_in_time() -> None:
    app = FastAPI()
    hf = Holdfast(app, deadlines=QUICK)

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        await conn.join("lobby")
        await asyncio.Event().wait()

    @hf.stream("/numbers", every=0.05)
    async def numbers() -> int:
        return 1

    async with (
        assert_no_leaks(),
        serve(app) as server,
        assert_no_leaks(),
        server.peer("/ws") as ann,
        server.peer("/numbers") as viewer,
    ):
        await viewer.receive()
        ann.stall()


async def test_a_connection_that_stays_and_its_channels(
    quick_server: Server, quick: WithHoldfast
) -> None:
    said = (
        r"connection of /ws/lobby, open for \S+ s\n  channels   lobby, orders\n.*peer of .*socket"
    )
    async with leaking(said):
        one = await quick_server.connect("/ws/lobby")
        one.send_text("join orders")
        await until(lambda: [conn for conn in quick.hf.connections if len(conn.subscriptions) > 1])


async def test_a_subscription_that_stays(quick_server: Server, quick: WithHoldfast) -> None:
    async with quick_server.peer("/ws/lobby") as one:
        await until(lambda: quick.hf.connections)
        said = "^1 thing .*\n\nsubscription of /ws/lobby to orders, on a connection of before$"
        async with leaking(said):
            one.send_text("join orders")
            await until(lambda: len(quick.hf.connections[0].subscriptions) > 1)


async def test_a_stream_that_runs_for_nobody() -> None:
    app = FastAPI()
    hf = Holdfast(app)

    @hf.stream("/s/{id}", every=0.05, linger=60)
    async def numbers(id: int) -> int:
        return id

    said = r"stream /s/{id} {'id': 7}: running without viewers; lingers it\?"
    async with serve(app) as server, leaking(said), server.peer("/s/7") as viewer:
        await viewer.receive()


# -- sockets ---------------------------------------------------------------------------------------


async def test_a_socket_that_nobody_closes() -> None:
    async with leaking(r"^1 thing .*\n\nsocket \d+: 127.0.0.1:\d+ to nobody, LISTEN$"):
        KEPT.append(socket.create_server(("127.0.0.1", 0)))


async def test_a_socket_whose_other_end_is_closed(quick_server: Server) -> None:
    said = rf"socket \d+: 127.0.0.1:\d+ to 127.0.0.1:{quick_server.port}, CLOSE-WAIT: the other end"
    async with leaking(said):
        KEPT.append(socket.create_connection(("127.0.0.1", quick_server.port)))
        state = quick_server.uvicorn.server_state
        await until(lambda: state.connections)
        for connection in state.connections:
            connection.transport.close()


async def test_what_only_garbage_holds_is_none() -> None:
    class Loop:
        def __init__(self) -> None:
            self.me = self
            self.socket = socket.socket()

    with pytest.warns(ResourceWarning):
        gc.disable()
        try:
            async with assert_no_leaks():
                Loop()
        finally:
            gc.enable()


# -- how it is asked -------------------------------------------------------------------------------


async def test_what_is_allowed_may_stay() -> None:
    async with assert_no_leaks(allow=["tick*", "127.0.0.1:*"], timeout=0.3):
        KEPT.append(asyncio.create_task(tick()))
        KEPT.append(socket.create_server(("127.0.0.1", 0)))
    async with leaking("task 'other', tick", allow=["127.*"]):
        KEPT.append(asyncio.create_task(tick(), name="other"))


async def test_a_block_that_fails_is_not_checked() -> None:
    with pytest.raises(KeyError, match="its own"):
        async with assert_no_leaks(timeout=0.3):
            KEPT.append(asyncio.create_task(tick()))
            raise KeyError("its own")


async def test_awaited_it_asks_that_nothing_is_open_at_all(
    quick_server: Server, quick: WithHoldfast
) -> None:
    other = Holdfast()
    await assert_no_leaks()
    async with quick_server.peer("/ws/lobby"):
        await until(lambda: quick.hf.connections)
        await assert_no_leaks(other)
        with pytest.raises(LeakError, match=r"^1 thing .*\n\nconnection of /ws/lobby, open"):
            await assert_no_leaks(quick.hf, timeout=0.1)
    await assert_no_leaks(quick.hf)


def test_it_says_so_if_nobody_asks_it() -> None:
    with pytest.warns(RuntimeWarning, match="checked nothing: write `async with assert_no_leaks"):
        assert_no_leaks()
        gc.collect()


def test_a_block_without_an_event_loop() -> None:
    expected = pytest.raises(LeakError, match=r"socket \d+: 127.0.0.1:\d+ to nobody, LISTEN")
    with expected, assert_no_leaks(timeout=0.1):
        KEPT.append(socket.create_server(("127.0.0.1", 0)))


async def test_a_leak_can_be_asked_for_its_names() -> None:
    with pytest.raises(LeakError) as caught:
        async with assert_no_leaks(timeout=0.1):
            KEPT.append(asyncio.create_task(tick(), name="ticker"))
    (leak,) = caught.value.leaks
    assert leak.names == ("ticker", "tick")


async def test_a_coroutine_that_would_block_its_own_loop_is_told_so() -> None:
    with pytest.raises(RuntimeError, match="write `async with"), assert_no_leaks():
        pass
