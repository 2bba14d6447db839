"""Who leaves between its registration and the `try` stays registered."""

from pathlib import Path

import pytest

from holdfast.testing import Server, serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "await-between-register-and-try"


async def leave_at_once(server: Server, path: str) -> None:
    """Finish the handshake and vanish, while the handler still loads the history."""
    async with server.peer(path) as ann:
        ann.transport.abort()
    await until(lambda: not server.uvicorn.server_state.tasks)


async def test_who_leaves_before_the_try_stays_registered() -> None:
    module = load(RULE, "wrong_history")
    async with serve(module.app) as server:
        async with server.peer("/ws") as ann:  # an ordinary end first
            assert await ann.receive() == "one"
            ann.close()
            await ann.end()
        await until(lambda: not module.clients)
        await leave_at_once(server, "/ws")
    assert len(module.clients) == 1


async def test_whoever_fails_to_greet_the_others_stays_registered() -> None:
    module = load(RULE, "wrong_greeting")
    async with serve(module.app) as server:
        dead = type("Dead", (), {"send_text": None})()  # one more who is gone, and still listed
        module.manager.active.append(dead)
        async with server.peer("/chat/ann") as ann:
            await until(lambda: not server.uvicorn.server_state.tasks)
            ann.close()
            await ann.end()
    assert len(module.manager.active) == 2


@pytest.mark.parametrize("program", ["right_register_last", "right_enclosing_try"])
async def test_a_right_program_forgets_it(program: str) -> None:
    module = load(RULE, program)
    async with serve(module.app) as server:
        await leave_at_once(server, "/ws")
    assert not module.clients


async def test_a_fixed_program_forgets_it(tmp_path: Path) -> None:
    module = mended(RULE, "wrong_history", tmp_path)
    async with serve(module.app) as server:
        await leave_at_once(server, "/ws")
    assert not module.clients
