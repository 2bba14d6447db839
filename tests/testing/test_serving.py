"""A server in the test's own process: how it starts, what reaches it, how it ends."""

import asyncio
import logging
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from fastapi import FastAPI, WebSocket

from holdfast import testing
from holdfast.testing import LeakError, Peer, TooLate, assert_no_leaks, serve, serve_in_thread
from tests.testing.apps import Plain

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def noting(notes: list[str]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        notes.append("began")
        yield
        notes.append("ended")

    return lifespan


async def test_it_runs_the_lifespan_and_takes_uvicorns_options() -> None:
    notes: list[str] = []
    app = FastAPI(lifespan=noting(notes))
    before = signal.getsignal(signal.SIGINT)
    async with serve(app, server_header=False, headers=[("x-own", "1")]) as server:
        assert notes == ["began"]
        assert signal.getsignal(signal.SIGINT) is before
        assert server.url == f"http://127.0.0.1:{server.port}"
        answer = await asyncio.to_thread(urllib.request.urlopen, f"{server.url}/openapi.json")
        with answer:
            assert answer.headers["x-own"] == "1"
            assert "server" not in answer.headers
    assert notes == ["began", "ended"]
    with pytest.raises(OSError, match="Connect call failed"):
        await Peer.dial(server.port)


async def test_it_listens_where_it_is_told_to(plain: Plain) -> None:
    async with serve(plain.app, host="::1") as server, server.peer("/echo") as ann:
        assert server.url == f"http://[::1]:{server.port}"
        ann.send_text("six")
        assert await ann.receive() == "six"


async def test_an_app_that_does_not_start_is_an_error_of_the_test() -> None:
    @asynccontextmanager
    async def broken(app: FastAPI) -> AsyncIterator[None]:
        raise LookupError("no database")
        yield

    with pytest.raises(RuntimeError, match="its lifespan failed") as failed:
        async with serve(FastAPI(lifespan=broken)):
            pass
    assert isinstance(failed.value.__cause__, LookupError)


@pytest.mark.parametrize("when", ["start", "end"])
async def test_a_lifespan_that_hangs_has_a_deadline(when: str) -> None:
    @asynccontextmanager
    async def hanging(app: FastAPI) -> AsyncIterator[None]:
        if when == "start":
            await asyncio.Event().wait()
        yield
        await asyncio.Event().wait()

    said = "has not started within 1 s" if when == "start" else "not over 1 s after the server"
    with pytest.raises(TooLate, match=said):
        async with serve(FastAPI(lifespan=hanging), timeout=1):
            pass


async def test_nothing_of_it_outlives_the_block() -> None:
    """A handler that ignores its cancellation once, and a client that takes nothing."""
    app, ends = FastAPI(), []

    @app.websocket("/stubborn")
    async def stubborn(socket: WebSocket) -> None:
        await socket.accept()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.1)  # pacing
            ends.append("stubborn")

    @app.websocket("/floods")
    async def floods(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_text("x" * 60_000)
        finally:
            ends.append("floods")

    async with assert_no_leaks(timeout=10), serve(app, timeout_graceful_shutdown=0.2) as server:
        await server.connect("/stubborn")
        (await server.connect("/floods", receive_buffer=4096)).stall()
    assert sorted(ends) == ["floods", "stubborn"]


async def test_a_handler_that_does_not_end_is_named_and_does_not_hide_the_tests_error() -> None:
    app, over = FastAPI(), asyncio.Event()

    @app.websocket("/immortal")
    async def immortal(socket: WebSocket) -> None:
        await socket.accept()
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                pass

    said = r"not over 1 s after .*\n.*run_asgi\n +waits at .*test_serving.py.*immortal"
    with pytest.raises(TooLate, match=said):
        async with serve(app, timeout=1, timeout_graceful_shutdown=0.1) as server:
            await server.connect("/immortal")
    with pytest.raises(KeyError, match="of the test") as failed:
        async with serve(app, timeout=1, timeout_graceful_shutdown=0.1) as server:
            await server.connect("/immortal")
            raise KeyError("of the test")
    assert "immortal" in failed.value.__notes__[0]
    over.set()


async def test_a_request_is_no_error_in_the_log(
    plain: Plain, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with serve(plain.app) as server, server.peer("/echo") as ann:
            ann.close()
            await ann.end()
    assert not caplog.records


# -- in a thread -----------------------------------------------------------------------------------


def test_a_test_without_an_event_loop_has_a_server_too(plain: Plain) -> None:
    with assert_no_leaks(), serve_in_thread(plain.app, ws="wsproto") as server:
        ann = server.call(server.connect, "/echo")
        server.call(ann.send_text, "hello")
        assert server.call(ann.receive) == "hello"
        with pytest.raises(TooLate, match=r"Peer.receive.* did not end within 0\.05 s"):
            server.call(ann.receive, timeout=0.05)
        with pytest.raises(TooLate, match=r"no message within 0\.05 s"):
            server.call(ann.receive, 0.05)


def test_what_a_servers_thread_leaves_behind_is_found(plain: Plain) -> None:
    said = r"peer of /echo: open(.*\n)*.*waits at .* in Plain.echo"
    leaking = pytest.raises(LeakError, match=said)
    with serve_in_thread(plain.app) as server, leaking, assert_no_leaks(timeout=0.3):
        server.call(server.connect, "/echo")


def test_a_server_in_a_thread_that_does_not_start_says_why() -> None:
    @asynccontextmanager
    async def broken(app: FastAPI) -> AsyncIterator[None]:
        raise LookupError("no database")
        yield

    failing = pytest.raises(RuntimeError, match="its lifespan failed")
    with failing, serve_in_thread(FastAPI(lifespan=broken)):
        pass


# -- what is missing -------------------------------------------------------------------------------


def test_without_uvicorn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "holdfast.testing.serving")
    with pytest.raises(ImportError, match=r"pip install 'holdfast\[testing\]'"):
        testing.__getattr__("serve")


def test_without_asyncio_it_says_what_it_needs(plain: Plain) -> None:
    entering = serve(plain.app).__aenter__()
    with pytest.raises(RuntimeError, match="anyio_backend that returns 'asyncio'"):
        entering.send(None)
