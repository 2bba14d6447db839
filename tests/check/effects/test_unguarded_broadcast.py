"""Effect of unguarded-broadcast: who speaks is dropped because another one is gone."""

from pathlib import Path

import pytest

from holdfast.testing import Ended, serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "unguarded-broadcast"


async def test_one_who_is_gone_drops_the_speaker_and_silences_the_rest() -> None:
    program = load(RULE, "wrong_tutorial")
    peers = program.manager.active_connections
    async with serve(program.app) as server:
        gone = await server.connect("/ws/1")
        gone.send_bytes(b"a binary frame")  # ends its handler with a KeyError, not with a removal
        await gone.end()
        async with server.peer("/ws/2") as speaker, server.peer("/ws/3") as other:
            await until(lambda: len(peers) == 3)
            speaker.send_text("hello")
            assert await speaker.receive() == "You wrote: hello"
            with pytest.raises(Ended):
                await speaker.receive()
            await until(lambda: other.messages or len(peers) == 2)
            assert other.messages == 0


async def test_mended_the_speaker_stays_and_all_are_told(tmp_path: Path) -> None:
    program = mended(RULE, "wrong_tutorial", tmp_path)
    peers = program.manager.active_connections
    async with serve(program.app) as server:
        gone = await server.connect("/ws/1")
        gone.send_bytes(b"a binary frame")
        await gone.end()
        async with server.peer("/ws/2") as speaker, server.peer("/ws/3") as other:
            await until(lambda: len(peers) == 3)
            for text in ("hello", "are you there?"):
                speaker.send_text(text)
                assert await speaker.receive() == f"You wrote: {text}"
                assert await speaker.receive() == f"Client #2 says: {text}"
                assert await other.receive() == f"Client #2 says: {text}"


async def test_with_a_try_around_each_send_everybody_else_is_told() -> None:
    program = load(RULE, "right_try_each")
    async with serve(program.app) as server:
        gone = await server.connect("/ws/1")
        (socket,) = program.manager.active_connections
        gone.transport.abort()
        await until(lambda: not program.manager.active_connections)
        program.manager.active_connections.append(socket)  # one whose own clean-up failed
        async with server.peer("/ws/2") as speaker, server.peer("/ws/3") as other:
            await until(lambda: len(program.manager.active_connections) == 3)
            speaker.send_text("hello")
            assert await speaker.receive() == "Client #2 says: hello"
            assert await other.receive() == "Client #2 says: hello"
            assert socket not in program.manager.active_connections
