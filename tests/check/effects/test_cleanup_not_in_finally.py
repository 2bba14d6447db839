"""A cancelled handler passes by `except Exception`, and its socket stays in the registry."""

import asyncio
from collections.abc import Callable, Sized
from typing import Any

import pytest

from holdfast.testing import serve, until
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "cleanup-not-in-finally"
Registry = Callable[[Any], Sized]

WRONG: dict[str, tuple[str, Registry]] = {
    "wrong_two_handlers": ("/ws", lambda module: module.manager.active),
    "wrong_one_handler": ("/prices", lambda module: module.subscribers),
    "wrong_after_the_try": ("/watch", lambda module: module.watchers),
    "wrong_tuple": ("/ws", lambda module: module.clients),
    "wrong_other_file": ("/groups/red", lambda module: module.sessions._open),
}
RIGHT: dict[str, tuple[str, Registry]] = {
    "right_finally": ("/ws", lambda module: module.clients),
    "right_cancelled_too": ("/ws", lambda module: module.clients),
    "right_bare_except": ("/ws", lambda module: module.clients),
    "right_outer_with": ("/ws", lambda module: module.manager.active),
}


async def cancelled(module: Any, path: str, registry: Registry) -> int:
    """Connect, cancel the handler as a server does that stops, and count what is registered."""
    async with serve(module.app, ws="websockets-sansio") as server, server.peer(path):
        await until(lambda: registry(module))
        tasks = list(server.uvicorn.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return len(registry(module))


@pytest.mark.parametrize("program", WRONG)
async def test_a_cancelled_handler_leaves_its_socket_behind(program: str) -> None:
    module = load(RULE, program)
    path, registry = WRONG[program]
    async with serve(module.app) as server:
        async with server.peer(path):  # an ordinary end first
            await until(lambda: registry(module))
        await until(lambda: not registry(module))
    assert await cancelled(module, path, registry) == 1


@pytest.mark.parametrize("program", RIGHT)
async def test_a_right_program_forgets_it(program: str) -> None:
    assert await cancelled(load(RULE, program), *RIGHT[program]) == 0
