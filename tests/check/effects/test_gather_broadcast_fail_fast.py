"""Effect of gather-broadcast-fail-fast: one who is gone drops the speaker."""

from pathlib import Path

import pytest

from holdfast.testing import Ended, serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "gather-broadcast-fail-fast"


async def test_the_first_failure_reaches_the_speaker() -> None:
    program = load(RULE, "wrong_generator")
    peers = program.manager.active_connections
    async with serve(program.app) as server:
        gone = await server.connect("/ws")
        gone.send_bytes(b"a binary frame")  # ends its handler with a KeyError, not with a removal
        await gone.end()
        async with server.peer("/ws") as speaker, server.peer("/ws") as other:
            await until(lambda: len(peers) == 3)
            speaker.send_text("hello")
            assert await other.receive() == await speaker.receive() == "hello"
            with pytest.raises(Ended):
                await speaker.receive()
            assert not other.ended.is_set()


async def test_mended_the_speaker_stays(tmp_path: Path) -> None:
    program = mended(RULE, "wrong_generator", tmp_path)
    async with serve(program.app) as server:
        gone = await server.connect("/ws")
        gone.send_bytes(b"a binary frame")
        await gone.end()
        async with server.peer("/ws") as speaker:
            for text in ("hello", "are you there?"):
                speaker.send_text(text)
                assert await speaker.receive() == text


async def test_with_return_exceptions_the_speaker_stays() -> None:
    program = load(RULE, "right_return_exceptions")
    async with serve(program.app) as server:
        gone = await server.connect("/ws")
        (socket,) = program.peers
        gone.close()
        await until(lambda: not program.peers)
        program.peers.add(socket)  # one whose own clean-up failed
        async with server.peer("/ws") as speaker:
            for text in ("hello", "are you there?"):
                speaker.send_text(text)
                assert await speaker.receive() == text
            assert socket not in program.peers
