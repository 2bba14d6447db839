"""Two tabs of one user: closing the first makes the second unreachable."""

from collections.abc import Callable, Sized
from pathlib import Path
from typing import Any

import pytest

from holdfast.testing import Peer, Server, serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "evict-by-key"
Registry = Callable[[Any], Sized]

WRONG: dict[str, tuple[str, Registry]] = {
    "wrong_user_id": ("/ws/7", lambda module: module.manager.active),
    "wrong_global_dict": ("/chat?username=ann", lambda module: module.sockets),
    "wrong_other_file": ("/devices/phone", lambda module: module.connections._sockets),
    "wrong_rooms": ("/rooms/red?token=ann.1", lambda module: module.rooms),
    "wrong_left_out": ("/inbox", lambda module: module.inboxes._open),
    "wrong_address": ("/", lambda module: module.by_address),
    "wrong_setdefault": ("/ws/ann", lambda module: module.manager.connections),
}
RIGHT: dict[str, tuple[str, Registry]] = {
    "right_key_of_its_own": ("/ws", lambda module: module.manager.active),
    "right_identity": ("/ws/ann", lambda module: module.manager.active),
    "right_compared_by_caller": ("/ws/ann", lambda module: module.manager.active),
    "right_kick": ("/ws/ann", lambda module: module.sockets),
    "right_many_for_a_user": ("/ws/ann", lambda module: module.manager.by_user),
    "right_socket_is_the_key": ("/ws/ann", lambda module: module.names),
}


async def are_served(server: Server, count: int) -> None:
    await until(lambda: len(server.uvicorn.server_state.tasks) == count)


async def left_after_the_first_tab(module: Any, path: str, registry: Registry) -> int:
    """Open two tabs, close the first, and count who can be reached."""
    async with serve(module.app) as server:
        tabs: list[Peer] = []
        for tab in (1, 2):
            tabs.append(await server.connect(path))
            await are_served(server, tab)
            await until(lambda: registry(module))
        tabs[0].close()
        await tabs[0].end()
        await are_served(server, 1)
        left = len(registry(module))
        assert tabs[1].code is None  # it is still connected
        tabs[1].close()
        await tabs[1].end()
    return left


@pytest.mark.parametrize("program", WRONG)
async def test_closing_the_first_tab_evicts_the_second(program: str) -> None:
    assert await left_after_the_first_tab(load(RULE, program), *WRONG[program]) == 0


@pytest.mark.parametrize("program", RIGHT)
async def test_a_right_program_keeps_the_second(program: str) -> None:
    assert await left_after_the_first_tab(load(RULE, program), *RIGHT[program]) == 1


async def test_a_fixed_program_keeps_the_second(tmp_path: Path) -> None:
    module = mended(RULE, "wrong_global_dict", tmp_path)
    assert await left_after_the_first_tab(module, *WRONG["wrong_global_dict"]) == 1


async def test_closing_the_old_one_evicts_the_new_one() -> None:
    module = load(RULE, "wrong_closes_the_old")
    async with serve(module.app) as server, server.peer("/sessions/ann") as first:
        await until(lambda: module.sessions.by_name)
        async with server.peer("/sessions/ann") as second:
            assert await first.end() == 4000
            await until(lambda: not module.sessions.by_name)
            second.send_text("hello")
            assert await second.receive() == "hello"  # connected, and unreachable
