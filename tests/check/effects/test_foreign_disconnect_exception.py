"""A client that left shows as Starlette's WebSocketDisconnect, and as nothing else."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "foreign-disconnect-exception"


@pytest.mark.parametrize("ws", ["websockets-sansio", "wsproto"])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("wrong_websockets", "hello"),
        ("wrong_websockets_module", ""),
        ("wrong_runtime_error", "1"),
        ("wrong_connection_reset", "bytes"),
        ("wrong_helper_reads", "hello"),
    ],
)
async def test_the_handler_does_not_catch_it(ws: str, name: str, says: str) -> None:
    async with program(RULE, name, ws=ws) as played:
        async with played.peer() as client:
            (client.send_bytes(b"1") if says == "bytes" else client.send_text(says))
            await client.receive()
        raised = await played.end()
        assert isinstance(raised, WebSocketDisconnect)
        assert not isinstance(raised, RuntimeError | OSError)


@pytest.mark.parametrize("path", ["/ws", "/two", "/any", "/outer"])
async def test_who_names_starlettes_does(path: str) -> None:
    async with program(RULE, "right_both") as played:
        async with played.peer(path) as client:
            client.send_text("hello")
            await client.receive()
        assert await played.end() is None


@pytest.mark.parametrize("name", ["wrong_websockets", "wrong_websockets_module"])
async def test_the_fix_catches_it(name: str, tmp_path: Path) -> None:
    async with mended(RULE, name, tmp_path) as played:
        async with played.peer() as client:
            client.send_text("hello")
            await client.receive()
        assert await played.end() is None
