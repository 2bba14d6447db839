"""``HoldfastGuard``: what must end with a connection, what must not, and what is left of it."""

import asyncio
import gc
from contextlib import suppress
from typing import Any

import anyio
import pytest
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.testclient import TestClient
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from holdfast import Deadlines, HoldfastGuard, Limits
from holdfast.asgi.guarded import Guarded
from holdfast.asgi.reach import sendable
from holdfast.compat import ConnectionManager
from holdfast.testing import serve, until
from tests.asgi.test_guard import QUICK, end_of, guarded


@pytest.mark.parametrize("gathered", [False, True])
async def test_a_task_that_all_clients_share_belongs_to_none(gathered: bool) -> None:
    """Though the handler of the first has started it, and its loop's variable holds that one."""
    app = FastAPI()
    clients: list[WebSocket] = []
    shared: list[asyncio.Task[Any]] = []

    async def tick() -> None:
        while True:
            for websocket in list(clients):
                try:
                    await websocket.send_text("tick")
                except WebSocketDisconnect:  # told to it, for it is nobody's handler
                    clients.remove(websocket)
            await asyncio.sleep(0.01)  # pacing

    async def ticks() -> None:
        await asyncio.gather(tick(), asyncio.Event().wait())

    @app.websocket("/ticks")
    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        clients.append(websocket)
        if not shared:
            shared.append(asyncio.create_task(ticks() if gathered else tick()))
        await websocket.receive_text()

    app.add_middleware(HoldfastGuard, deadlines=QUICK)
    async with serve(app) as server:
        url = f"ws://127.0.0.1:{server.port}/ticks"
        async with connect(url) as first:
            await first.recv()
        await until(lambda: not clients and not app.state.holdfast_guard.connections)
        async with connect(url) as second, connect(url) as third:
            await second.close()
            await until(lambda: len(clients) == 1)
            assert await third.recv() == "tick"
        assert not shared[0].done()
        shared[0].cancel()


@pytest.mark.parametrize("factory", [None, asyncio.Task, "eager"])
async def test_a_task_that_was_given_the_client_ends_with_it(factory: Any) -> None:
    """Whatever task factory the program sets, also after the first connection."""
    app = FastAPI()
    left: list[asyncio.Task[Any]] = []

    async def push(websocket: WebSocket) -> None:
        await asyncio.sleep(60)  # pacing

    @app.websocket("/push")
    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()

        async def nested() -> None:
            await asyncio.sleep(60)  # pacing
            await websocket.send_text("never")

        left[:] = [asyncio.create_task(push(websocket)), asyncio.create_task(nested())]
        await websocket.receive_text()

    app.add_middleware(HoldfastGuard, deadlines=QUICK)
    if factory == "eager":
        factory = getattr(asyncio, "eager_task_factory", None)  # since Python 3.12
    loop = asyncio.get_running_loop()
    async with serve(app) as server:
        for _ in range(2):
            async with connect(f"ws://127.0.0.1:{server.port}/push"):
                await until(lambda: len(left) == 2)
            await until(lambda: all(task.cancelled() for task in left))
            left.clear()
            loop.set_task_factory(make(factory))


@pytest.mark.parametrize("how", ["plain", "gather", "group", "anyio", "wait_for"])
async def test_a_broadcast_from_a_handler_is_not_ended_by_who_is_gone(how: str) -> None:
    app = FastAPI()
    gone: list[WebSocket] = []

    @app.websocket("/gone")
    async def leaves(websocket: WebSocket) -> None:
        await websocket.accept()
        gone.append(websocket)
        with suppress(WebSocketDisconnect):
            await websocket.receive_text()

    @app.websocket("/tells")
    async def tells(websocket: WebSocket) -> None:
        await websocket.accept()
        other = gone[0].send_text
        if how == "plain":
            await other("x")
        elif how == "gather":
            await asyncio.gather(other("x"), other("y"))
        elif how == "group":
            async with asyncio.TaskGroup() as group:
                group.create_task(other("x"))
        elif how == "anyio":
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(other, "x")
        else:
            await asyncio.wait_for(other("x"), 5)
        await websocket.send_text("still there")

    app.add_middleware(HoldfastGuard, deadlines=QUICK)
    async with serve(app) as server:
        async with connect(f"ws://127.0.0.1:{server.port}/gone"):
            await until(lambda: len(gone) == 1)
        await until(lambda: not app.state.holdfast_guard.connections)
        async with connect(f"ws://127.0.0.1:{server.port}/tells") as client:
            assert await client.recv() == "still there"


@pytest.mark.parametrize(
    ("code", "sent"), [(None, 1000), (1003, 1003), (1005, 1011), (1015, 1011), (-1, 1011)]
)
def test_what_cannot_be_sent_is_replaced(code: Any, sent: int) -> None:
    assert sendable(code, "why") == (sent, "why")


@pytest.mark.parametrize("code", ["1000", 70_000, 2000, 999.5, float("nan"), [1000]])
def test_what_is_no_code_is_an_internal_error(code: Any) -> None:
    assert sendable(code, None) == (1011, "")


def test_a_reason_is_what_utf_8_can_say() -> None:
    assert sendable(1000, "half of a pair \ud83d") == (1000, "half of a pair ?")
    assert sendable(1000, b"bytes") == (1000, "b'bytes'")


async def test_nothing_is_left_for_the_collector() -> None:
    app = guarded()

    @app.websocket("/sleeps")
    async def sleeps(websocket: WebSocket) -> None:
        await websocket.accept()
        await asyncio.sleep(60)  # pacing

    @app.websocket("/returns")
    async def returns(websocket: WebSocket) -> None:
        await websocket.accept()

    def left() -> int:
        return sum(type(each) in (Guarded, WebSocket) for each in gc.get_objects())

    async with serve(app) as server:
        gc.collect()
        gc.disable()
        before = left()  # of other tests of this process
        try:
            for path in ("/echo", "/sleeps", "/returns") * 3:
                async with connect(f"ws://127.0.0.1:{server.port}{path}"):
                    pass
            await until(lambda: left() <= before)
        finally:
            gc.enable()


async def test_a_server_that_stops_cuts_the_end_short_and_not_off() -> None:
    app = FastAPI()
    left: list[asyncio.Task[Any]] = []
    own: list[asyncio.Task[Any]] = []

    async def push(websocket: WebSocket) -> None:
        await asyncio.sleep(60)  # pacing

    @app.websocket("/leaves")
    async def leaves(websocket: WebSocket) -> None:
        await websocket.accept()
        left.append(asyncio.create_task(push(websocket)))
        own.append(running(asyncio.current_task()))

    app.add_middleware(HoldfastGuard, deadlines=Deadlines(grace=30, cleanup_timeout=1))
    async with serve(app) as server:
        async with connect(f"ws://127.0.0.1:{server.port}/leaves") as client:
            await end_of(client)
        own[0].cancel()
        await until(lambda: own[0].done() and left[0].cancelled())


async def test_a_cancellation_of_the_handlers_own_is_a_failure() -> None:
    app = FastAPI()

    @app.websocket("/awaits")
    async def awaits(websocket: WebSocket) -> None:
        await websocket.accept()
        task = asyncio.create_task(asyncio.Event().wait())
        task.cancel()
        await task

    app.add_middleware(HoldfastGuard, deadlines=QUICK)
    async with serve(app) as server, connect(f"ws://127.0.0.1:{server.port}/awaits") as client:
        assert (await end_of(client)).rcvd.code == 1011  # type: ignore[union-attr]


def make(factory: Any) -> Any:
    """A task factory for ``asyncio.Task``, which takes its arguments the other way round."""
    if factory is not asyncio.Task:
        return factory
    return lambda loop, coroutine, **options: asyncio.Task(coroutine, loop=loop, **options)


def running(task: "asyncio.Task[Any] | None") -> "asyncio.Task[Any]":
    assert task is not None
    return task


def test_the_test_client_may_leave_a_handler_that_waits() -> None:
    """It cancels by a scope of anyio's, which must know its cancellation again."""
    app = FastAPI()

    @app.websocket("/sleeps")
    async def sleeps(websocket: WebSocket) -> None:
        await websocket.accept()
        await asyncio.sleep(60)  # pacing

    app.add_middleware(HoldfastGuard, deadlines=QUICK)
    with TestClient(app).websocket_connect("/sleeps"):
        pass


async def test_the_guards_limits_are_those_of_the_compat_manager_too() -> None:
    app = FastAPI()
    manager = ConnectionManager()

    @app.websocket("/chat")
    async def chat(websocket: WebSocket) -> None:
        await manager.connect(websocket)
        await manager.broadcast(await websocket.receive_text())
        await websocket.receive_text()

    limits = Limits(connections=1, message_bytes=100)
    app.add_middleware(HoldfastGuard, deadlines=QUICK, limits=limits)
    async with serve(app) as server:
        url = f"ws://127.0.0.1:{server.port}/chat"
        admission = app.state.holdfast_guard.gate.admission
        for _ in range(2):
            async with connect(url) as client:
                await client.send("hello")
                assert await client.recv() == "hello"
                with pytest.raises(InvalidStatus):
                    await connect(url).__aenter__()
                await client.send("x" * 101)
                assert (await end_of(client)).rcvd.code == 1009  # type: ignore[union-attr]
            await until(lambda: admission.total == 0)
