"""Connections that only react: adopted, not adopted, and parked in a task on stock uvicorn.

What a user's code sees is the same in all three.
"""

import asyncio
import contextvars
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

import pytest
from fastapi import Depends, FastAPI, HTTPException, WebSocketException
from starlette.requests import HTTPConnection

from holdfast import (
    Closed,
    Connection,
    Deadlines,
    Endpoint,
    Holdfast,
    HoldfastGuard,
    InboxLimits,
    Limits,
    Rate,
)
from holdfast.testing import HandshakeRefused, opening_request, until
from tests.server.support import OURS, STOCK, Site, serving

tenant: contextvars.ContextVar[str] = contextvars.ContextVar("tenant", default="nobody")
reader: contextvars.ContextVar[str] = contextvars.ContextVar("reader", default="nobody")


class Mode(NamedTuple):
    """How a connection that only reacts lives."""

    name: str
    ws: str
    adopt: bool

    def serving(self, app: FastAPI, **options: Any) -> AbstractAsyncContextManager[Site]:
        return serving(app, ws=self.ws, **options)


MODES = [
    Mode("adopted", OURS, True),
    Mode("not adopted", OURS, False),
    Mode("parked", STOCK, True),
]


@pytest.fixture(params=MODES, ids=lambda mode: mode.name)
def mode(request: pytest.FixtureRequest) -> Mode:
    found: Mode = request.param
    return found


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage().strip() for r in caplog.records if r.levelno >= logging.ERROR]


async def settled(site: Site, hf: Holdfast) -> None:
    """Nothing is left anywhere."""
    await until(lambda: site.idle() and not hf.connections)
    runtime = hf.runtime()
    assert not runtime.handlers
    assert not runtime.hub.connections


class Echo(Endpoint[str]):
    """Most tests' endpoint."""

    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(message)


# -- what becomes of the call ----------------------------------------------------------------------


async def test_only_where_it_is_adopted_does_no_task_wait(
    app: FastAPI, hf: Holdfast, mode: Mode
) -> None:
    hf.websocket("/ws", adopt=mode.adopt)(Echo)
    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        await until(lambda: hf.connections)
        await until(lambda: len(site.state.tasks) == (0 if mode.name == "adopted" else 1))
        assert len(site.state.connections) == 1
        client.send_text("a")
        assert await client.receive() == "a"
        await until(lambda: len(site.state.tasks) <= 1)
        client.close()
        assert await client.end() == 1000
        await settled(site, hf)


async def test_a_task_that_waits_for_the_next_message_ends_after_a_while(
    app: FastAPI, hf: Holdfast
) -> None:
    hf.websocket("/ws")(Echo)
    async with serving(app) as site:
        client = await site.connect("/ws")
        for text in ("a", "b"):
            client.send_text(text)
            assert await client.receive() == text
        assert len(site.state.tasks) == 1
        await until(lambda: not site.state.tasks, 4)
        client.send_text("c")
        assert await client.receive() == "c"
        client.close()
        await client.end()
        await settled(site, hf)


@pytest.mark.parametrize("kind", ["stream", "subscribe"])
async def test_viewers(app: FastAPI, hf: Holdfast, mode: Mode, kind: str) -> None:
    if kind == "stream":

        @hf.stream("/ws/{n}", every=0.02, adopt=mode.adopt)
        async def numbers(n: int) -> int:
            return n
    else:

        @hf.subscribe("/ws/{n}", adopt=mode.adopt)
        async def channel(n: int) -> str:
            return f"numbers.{n}"

    async with mode.serving(app) as site:
        clients = [await site.connect(f"/ws/{n}") for n in (1, 2)]
        await until(lambda: len(hf.connections) == 2)
        for n in (1, 2):
            await until(lambda: len(hf.runtime().hub.channels) == 2)
            if kind == "subscribe":
                await hf.publish(f"numbers.{n}", n)
        assert [await client.receive() for client in clients] == ["1", "2"]
        clients[0].send_text("what a viewer says is dropped")
        clients[0].close()
        assert await clients[0].end() == 1000
        await until(lambda: len(hf.connections) == 1)
        if kind == "subscribe":
            await hf.publish("numbers.2", "more")
            assert await clients[1].receive() == "more"
        clients[1].reset()
        await settled(site, hf)
        await until(lambda: not any(info.viewers for info in hf.streams))


# -- dependencies and contexts ---------------------------------------------------------------------


async def test_dependencies_end_with_their_callback(
    app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]
) -> None:
    def noting(name: str) -> Any:
        async def dependency() -> AsyncIterator[str]:
            seen.append(f"open {name}")
            yield name
            seen.append(f"close {name}")

        return Depends(dependency)

    @hf.websocket("/ws", adopt=mode.adopt)
    class Noting(Endpoint[str]):
        async def on_connect(self, conn: Connection[str], a: str = noting("connect")) -> None:
            seen.append("on_connect")

        async def on_message(
            self, conn: Connection[str], message: str, b: str = noting("message")
        ) -> None:
            seen.append(f"on_message {message}")

        async def on_disconnect(
            self, conn: Connection[str], closed: Closed, c: str = noting("end")
        ) -> None:
            seen.append("on_disconnect")

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        await until(lambda: len(seen) == 3)
        for text in "12":
            client.send_text(text)
        client.close()
        await client.end()
        await settled(site, hf)
    per_message = [["open message", f"on_message {n}", "close message"] for n in (1, 2)]
    assert seen == [
        *("open connect", "on_connect", "close connect"),
        *per_message[0],
        *per_message[1],
        *("open end", "on_disconnect", "close end"),
    ]


class Tenants:
    """A middleware that sets a context variable from a header."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        tenant.set(dict(scope.get("headers", ())).get(b"x-tenant", b"nobody").decode())
        await self.app(scope, receive, send)


async def test_context_variables_are_each_connections_own(
    app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]
) -> None:
    async def set_reader(http: HTTPConnection) -> None:
        reader.set(http.query_params["reader"])

    @hf.websocket("/ws", adopt=mode.adopt, dependencies=[Depends(set_reader)])
    class Context(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            await conn.send(f"{tenant.get()} {reader.get()}")
            tenant.set("changed")  # for the rest of this message, at least

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(reader.get())

    app.add_middleware(Tenants)
    async with mode.serving(app) as site:
        one = await site.connect("/ws?reader=ann", headers={"X-Tenant": "one"})
        two = await site.connect("/ws?reader=bob", headers={"X-Tenant": "two"})
        for client, expected in ((one, "one ann"), (two, "two bob")):
            client.send_text("?")
            assert await client.receive() == expected
        for client in (one, two):
            client.close()
            await client.end()
        await settled(site, hf)
    assert sorted(seen) == ["ann", "bob"]
    assert (tenant.get(), reader.get()) == ("nobody", "nobody")


async def test_callbacks_run_one_after_another(
    app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]
) -> None:
    running = 0

    @hf.websocket("/ws", adopt=mode.adopt, inbox=InboxLimits(messages=100))
    class Slow(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            await self.busy("in")

        async def on_message(self, conn: Connection[str], message: str) -> None:
            await self.busy(message)

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            await self.busy("out")

        async def busy(self, what: str) -> None:
            nonlocal running
            running += 1
            assert running == 1
            await asyncio.sleep(0.002)  # pacing
            seen.append(what)
            running -= 1

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        for n in range(40):
            client.send_text(str(n))
        await until(lambda: len(seen) == 41)  # else a busy machine cancels the rest after ``grace``
        client.close()
        await client.end()
        await settled(site, hf)
    assert seen == ["in", *map(str, range(40)), "out"]


async def test_the_handshake_can_be_read_later(
    app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]
) -> None:
    class Sessions:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            scope["user"] = dict(scope.get("headers", ())).get(b"x-user")
            scope["session"] = {}
            await self.app(scope, receive, send)

    def shown(conn: Connection[str]) -> dict[str, Any]:
        http = conn.http
        return {
            "path": http.url.path,
            "raw": http.scope["raw_path"].decode(),
            "parameters": dict(http.path_params),
            "query": http.query_params.getlist("q"),
            "cookie": http.cookies.get("c"),
            "twice": http.headers.getlist("x-twice"),
            "empty": http.headers.get("x-empty"),
            "user": http.scope["user"].decode(),
            "client": http.client.port if http.client else 0,
            "state": http.state.count,
            "session": http.session.get("count"),
            "root": http.scope["root_path"],
            "app": http.app is app,
        }

    def count(conn: Connection[str]) -> None:
        http = conn.http
        http.session["count"] = http.session.get("count", 0) + 1
        http.state.count = getattr(http.state, "count", 0) + 1

    @hf.websocket("/ws/{room}/{n}", adopt=mode.adopt)
    class Shown(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            count(conn)

        async def on_message(self, conn: Connection[str], message: str, n: int, room: str) -> None:
            count(conn)
            await conn.send({**shown(conn), "n": n, "room": room})

        async def on_disconnect(self, conn: Connection[str], closed: Closed, n: int) -> None:
            seen.append((n, conn.http.session["count"]))

    app.add_middleware(Sessions)
    async with mode.serving(app, root_path="/api") as site:
        clients = []
        for n in (1, 2):
            client = await site.dial()
            headers = {"Cookie": f"c={n}", "X-User": f"user{n}", "X-Empty": ""}
            request = opening_request(f"/ws/caf%C3%A9/{n}?q={n}&q=x", headers=headers)
            client.write(request[:-2] + f"X-Twice: {n}\r\nX-Twice: b\r\n\r\n".encode())
            await until(lambda: len(hf.connections) == n)  # noqa: B023 (awaited here)
            clients.append(client)
        for turn in (2, 3):
            for n, client in enumerate(clients, 1):
                client.send_text("?")
                assert await client.receive_json() == {
                    "path": f"/api/ws/café/{n}",
                    "raw": f"/api/ws/caf%C3%A9/{n}",
                    "parameters": {"room": "café", "n": str(n)},
                    "query": [str(n), "x"],
                    "cookie": str(n),
                    "twice": [str(n), "b"],
                    "empty": "",
                    "user": f"user{n}",
                    "client": client.address[1],
                    "state": turn,
                    "session": turn,
                    "root": "/api",
                    "app": True,
                    "n": n,
                    "room": "café",
                }
        for client in clients:
            client.close()
            await client.end()
        await settled(site, hf)
    assert sorted(seen) == [(1, 3), (2, 3)]


async def test_many_connections_never_see_each_others(
    app: FastAPI, hf: Holdfast, mode: Mode
) -> None:
    """Parts of their handshakes are kept once for all of a route."""

    async def user(http: HTTPConnection) -> str:
        return http.headers["x-user"]

    @hf.websocket("/{a}/{b}", user=Depends(user), adopt=mode.adopt)
    class Own(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            conn.state["mine"] = conn.http.headers["x-user"]

        async def on_message(self, conn: Connection[str], message: str, a: str, b: str) -> None:
            http = conn.http
            told = [a, b, conn.user, conn.state["mine"], http.headers["x-user"], http.url.query]
            await conn.send(told)

    async with mode.serving(app) as site:
        clients = {
            n: await site.connect(f"/a{n}/b{n}?q={n}", headers={"X-User": f"u{n}"})
            for n in range(20)
        }
        for _ in range(2):
            for client in clients.values():
                client.send_text("?")
            for n, client in clients.items():
                u = f"u{n}"
                assert await client.receive_json() == [f"a{n}", f"b{n}", u, u, u, f"q={n}"]
        for client in clients.values():
            client.close()
        for client in clients.values():
            await client.end()
        await settled(site, hf)


# -- errors ----------------------------------------------------------------------------------------


class Teapot(Exception):
    """One with a handler of the application's."""


RAISED: dict[str, tuple[Callable[[], Exception], int, str]] = {
    "websocket": (lambda: WebSocketException(4005, "no"), 4005, "no"),
    "http": (lambda: HTTPException(403, "not you"), 3507, "not you"),
    "custom": (Teapot, 4018, "teapot"),
    "plain": (lambda: ValueError("a mistake"), 1011, "internal error"),
}


@pytest.mark.parametrize("kind", RAISED)
@pytest.mark.parametrize("where", ["on_connect", "on_message", "dependency"])
async def test_exceptions(
    app: FastAPI,
    hf: Holdfast,
    mode: Mode,
    kind: str,
    where: str,
    seen: list[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    make, code, reason = RAISED[kind]

    @app.exception_handler(Teapot)
    async def teapot(websocket: Any, error: Teapot) -> None:
        await websocket.close(4018, "teapot")

    async def raises() -> None:
        if where == "dependency":
            raise make()

    @hf.websocket("/ws", adopt=mode.adopt)
    class Raising(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            if where == "on_connect":
                raise make()

        async def on_message(
            self, conn: Connection[str], message: str, d: None = Depends(raises)
        ) -> None:
            if where == "on_message":
                raise make()

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(tuple(closed))

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        client.send_text("?")
        expected = code
        assert (await client.end(), client.reason) == (expected, reason)
        await settled(site, hf)
    assert [ended[0] for ended in seen] == [4018 if kind == "custom" else code] or (
        kind == "custom" and [ended[0] for ended in seen] == [1011]
    )
    assert len(errors(caplog)) == (1 if kind == "plain" else 0)


# -- the end ---------------------------------------------------------------------------------------

ENDS: dict[str, tuple[Callable[[Any, Holdfast, Any], Awaitable[Any] | None], int, int | None]] = {
    "close frame": (lambda client, hf, conn: client.close(4001), 4001, 4001),
    "no code": (lambda client, hf, conn: client.write(b"\x88\x80abcd"), 1005, 1005),
    "reset": (lambda client, hf, conn: client.reset(), 1006, None),
    "FIN": (lambda client, hf, conn: client.vanish(), 1006, None),
    "closed": (lambda client, hf, conn: conn.close(4002, "bye"), 4002, 4002),
    "disconnect": (lambda client, hf, conn: hf.disconnect(user="ann"), 3503, 3503),
    "bad frame": (lambda client, hf, conn: client.garbage("unmasked"), 1002, 1002),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("talked", [False, True], ids=["silent", "talked"])
async def test_on_disconnect_runs_once_with_the_code(
    app: FastAPI, hf: Holdfast, mode: Mode, end: str, talked: bool, seen: list[Any]
) -> None:
    async def user() -> str:
        return "ann"

    @hf.websocket("/ws", user=Depends(user), adopt=mode.adopt)
    class Ended(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            await conn.join("news")
            conn.on_disconnect(lambda conn, closed: seen.append(("function", closed.code)))

        async def on_message(self, conn: Connection[str], message: str) -> None:
            await conn.send(message)

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            await asyncio.sleep(0)
            assert conn.closed is closed
            assert not conn.subscriptions
            seen.append(("method", closed.code))

    act, code, answered = ENDS[end]
    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        await until(lambda: hf.connections and hf.connections[0].subscriptions)
        if talked:
            client.send_text("a")
            assert await client.receive() == "a"
        if end == "no code":
            client._closing = True
        acted = act(client, hf, hf.connections[0])
        if acted is not None:
            await acted
        assert await client.end() == answered
        await settled(site, hf)
    if mode.name == "parked" and end in ("reset", "FIN"):
        code = 1005  # what stock says of them
    assert sorted(seen) == [("function", code), ("method", code)]


@pytest.mark.parametrize("talked", [False, True], ids=["silent", "talked"])
async def test_a_shutdown_waits_for_on_disconnect(
    app: FastAPI, hf: Holdfast, mode: Mode, talked: bool, seen: list[Any]
) -> None:
    @hf.websocket("/ws", adopt=mode.adopt)
    class Saving(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            await conn.send(message)

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            await asyncio.sleep(0.2)  # pacing
            seen.append(closed.code)

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        if talked:
            client.send_text("a")
            assert await client.receive() == "a"
        await until(lambda: hf.connections)
    assert seen == [1012]
    assert client.code == 1012


async def test_a_client_that_goes_during_a_callback(
    app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]
) -> None:
    @hf.websocket("/ws", adopt=mode.adopt)
    class Busy(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            seen.append("begun")
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("cancelled")

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(closed.code)

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        client.send_text("a")
        client.send_text("never handled")
        await until(lambda: seen)
        client.close(4003)
        assert await client.end(3) == 4003
        await settled(site, hf)
    assert seen == ["begun", "cancelled", 4003]


async def test_a_callback_may_send_close_and_go_on(
    app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]
) -> None:
    @hf.websocket("/ws", adopt=mode.adopt)
    class Closing(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            await conn.send("last")
            await conn.close(4004, "enough")
            seen.append("still here")

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(closed.code)

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        client.send_text("a")
        assert await client.receive() == "last"
        assert (await client.end(), client.reason) == (4004, "enough")
        await settled(site, hf)
    assert seen == ["still here", 4004]


async def test_tasks_that_a_callback_starts_end_with_the_connection(
    app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]
) -> None:
    tasks: set[asyncio.Task[None]] = set()

    async def beside(conn: Connection[str]) -> None:
        seen.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("cancelled")

    @hf.websocket("/ws", adopt=mode.adopt)
    class Parent(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            tasks.add(asyncio.create_task(beside(conn)))

        async def on_message(self, conn: Connection[str], message: str) -> None:
            tasks.add(asyncio.create_task(beside(conn)))

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        client.send_text("a")
        await until(lambda: len(seen) == 2)
        client.close()
        await client.end()
        await until(lambda: seen == ["begun", "begun", "cancelled", "cancelled"])
        await settled(site, hf)


# -- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "inbox", "code"),
    [
        (Limits(rate=Rate(per_second=0.01, burst=3)), InboxLimits(), 3013),
        (Limits(message_bytes=100), InboxLimits(), 1009),
        (Limits(first_message=0.2), InboxLimits(), 3502),
        (Limits(), InboxLimits(messages=2), 3013),
    ],
    ids=["rate", "message_bytes", "first_message", "inbox_timeout"],
)
async def test_limits(
    app: FastAPI, mode: Mode, limits: Limits, inbox: InboxLimits, code: int, seen: list[Any]
) -> None:
    deadlines = Deadlines(inbox_timeout=0.2, grace=0.1, close_timeout=1.0)
    hf = Holdfast(app, limits=limits, deadlines=deadlines)

    @hf.websocket("/ws", inbox=inbox, adopt=mode.adopt)
    class Limited(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            if inbox.messages == 2:
                await asyncio.Event().wait()

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(closed.code)

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        if limits.first_message is None:
            for _ in range(10):
                client.send_text("x" * (200 if code == 1009 else 1))
        assert await client.end(3) == code
        await settled(site, hf)
    assert seen == [code]


async def test_a_first_message_in_time_stops_the_clock(app: FastAPI, mode: Mode) -> None:
    hf = Holdfast(app, limits=Limits(first_message=0.3))
    hf.websocket("/ws", adopt=mode.adopt)(Echo)
    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        client.send_text("a")
        assert await client.receive() == "a"
        await asyncio.sleep(0.4)  # pacing: longer than the limit
        client.send_text("b")
        assert await client.receive() == "b"
        client.close()
        await client.end()


async def test_what_was_counted_is_handed_back(app: FastAPI, mode: Mode) -> None:
    hf = Holdfast(
        app,
        limits=Limits(connections=2, connections_per_address=1, connections_per_user=1),
        deadlines=Deadlines(grace=0.1),
    )

    async def user() -> str:
        return "ann"

    hf.websocket("/ws", user=Depends(user), adopt=mode.adopt)(Echo)
    async with mode.serving(app) as site:
        for way in ("close", "reset", "vanish", "close"):
            client = await site.connect("/ws")
            await until(lambda: hf.connections)
            with pytest.raises(HandshakeRefused) as refused:
                await site.connect("/ws")
            assert refused.value.answer.status == 429
            getattr(client, way)()
            await client.end()
            await settled(site, hf)
        assert hf._gate.admission.total == 0


async def test_bad_messages_are_answered_and_the_fifth_closes(
    app: FastAPI, hf: Holdfast, mode: Mode
) -> None:
    @hf.websocket("/ws", adopt=mode.adopt)
    class Numbers(Endpoint[int]):
        async def on_message(self, conn: Connection[int], message: int) -> None:
            await conn.send(message + 1)

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        for text in ("1", *"abcd", "2", *"abcde"):
            client.send_text(text)
        assert await client.end() == 3509
        answers = [await client.receive_json() for _ in range(11)]
        assert (answers[0], answers[5]) == (2, 3)
        assert sum(isinstance(answer, dict) for answer in answers) == 9
        await settled(site, hf)


async def test_a_flood_is_slowed_down_and_nothing_is_lost(
    app: FastAPI, hf: Holdfast, mode: Mode
) -> None:
    got: list[str] = []

    @hf.websocket("/ws", adopt=mode.adopt, inbox=InboxLimits(messages=4))
    class Slow(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            await asyncio.sleep(0)
            got.append(message)

    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        for n in range(2000):
            client.send_text(str(n))
        client.close()
        await client.end()
        await settled(site, hf)
    assert got == [str(n) for n in range(2000)]


# -- what stands in front --------------------------------------------------------------------------


async def test_behind_a_guard(app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]) -> None:
    @hf.websocket("/ws", adopt=mode.adopt)
    class Guarded(Echo):
        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(closed.code)

    app.add_middleware(HoldfastGuard, limits=Limits(connections=1))
    async with mode.serving(app) as site:
        for _ in range(2):
            client = await site.connect("/ws")
            client.send_text("a")
            assert await client.receive() == "a"
            await until(lambda: len(site.state.tasks) <= 1)
            client.close(4006)
            assert await client.end() == 4006
            await settled(site, hf)
        assert not app.state.holdfast_guard.connections
        assert not app.state.holdfast_guard.rescues()
    assert seen == [4006, 4006]


async def test_a_middleware_that_is_passed_by_is_named_once(
    app: FastAPI, hf: Holdfast, mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    hf.websocket("/ws", adopt=mode.adopt)(Echo)
    app.add_middleware(Tenants)
    with caplog.at_level(logging.INFO, "holdfast"):
        async with mode.serving(app) as site:
            for _ in range(2):
                client = await site.connect("/ws")
                client.send_text("a")
                assert await client.receive() == "a"
                client.close()
                await client.end()
    told = [r.getMessage() for r in caplog.records if "adopted" in r.getMessage()]
    assert len(told) == (1 if mode.name == "adopted" else 0)
    assert all("Tenants" in text for text in told)


async def test_a_middleware_that_wraps_send_sees_messages_unless_they_are_adopted(
    app: FastAPI, hf: Holdfast, mode: Mode, seen: list[Any]
) -> None:
    class Counting:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            async def counted(message: Any) -> None:
                seen.append(message["type"])
                await send(message)

            await self.app(scope, receive, counted if scope["type"] == "websocket" else send)

    hf.websocket("/ws", adopt=mode.adopt)(Echo)
    app.add_middleware(Counting)
    async with mode.serving(app) as site:
        client = await site.connect("/ws")
        client.send_text("a")
        assert await client.receive() == "a"
        client.close()
        await client.end()
        await settled(site, hf)
    messages = [] if mode.name == "adopted" else ["websocket.send"]
    assert seen[:2] == ["websocket.accept", *messages]
