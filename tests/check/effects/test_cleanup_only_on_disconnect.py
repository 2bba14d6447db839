"""One binary frame ends a handler with KeyError, and its socket stays in the registry."""

from collections.abc import Callable, Sized
from pathlib import Path
from typing import Any

import pytest

from holdfast.testing import Ended, Server, serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "cleanup-only-on-disconnect"
Registry = Callable[[Any], Sized]

WRONG: dict[str, tuple[str, Registry]] = {
    "wrong_chat_manager": ("/ws/ann", lambda module: module.manager.connections),
    "wrong_global_set": ("/ws", lambda module: module.clients),
    "wrong_rooms_router": ("/rooms/red", lambda module: module.rooms),
    "wrong_other_file": ("/notifications/1", lambda module: module.registry.by_user),
    "wrong_others_only_logged": ("/ws", lambda module: module.connected),
    "wrong_after_the_loop": ("/board", lambda module: module.board.viewers),
    "wrong_starlette_route": ("/relay", lambda module: module.hub.peers),
    "wrong_loop_in_helper": ("/orders/ann", lambda module: module.online),
    "wrong_state_of_app": ("/ws", lambda module: module.app.state.clients),
    "wrong_left_out": ("/ws", lambda module: module.clients),
    "wrong_raw_receive": ("/ws", lambda module: module.clients),
    "wrong_client_object": ("/ws/ann", lambda module: module.clients.online),
    "wrong_manager_in_state": ("/hub", lambda module: module.app.state.hub.members),
    "wrong_task_group": ("/ws", lambda module: module.clients),
}
NEVER: dict[str, tuple[str, Registry]] = {
    "wrong_runtime_error": ("/ws/ann", lambda module: module.online),
    "wrong_received_and_dropped": ("/ws", lambda module: module.manager.active),
}
RIGHT: dict[str, tuple[str, Registry]] = {
    "right_finally": ("/ws/ann", lambda module: module.manager.connections),
    "right_context_manager": ("/ws", lambda module: module.clients),
    "right_dependency": ("/ws", lambda module: module.clients),
    "right_endpoint_class": ("/ws", lambda module: module.clients),
    "right_every_exception": ("/ws", lambda module: module.clients),
    "right_exit_stack": ("/ws", lambda module: module.clients),
    "right_callback": ("/ws", lambda module: module.manager.active),
    "right_decorator": ("/ws", lambda module: module.clients),
}


async def is_ended_by_a_binary_frame(server: Server, path: str) -> None:
    async with server.peer(path) as ann:
        ann.send_bytes(b"\x00")
        await ann.end()


@pytest.mark.parametrize("program", WRONG)
async def test_a_binary_frame_leaves_the_socket_behind(program: str) -> None:
    module = load(RULE, program)
    path, registry = WRONG[program]
    async with serve(module.app) as server:
        async with server.peer(path) as ann:  # an ordinary end first
            await until(lambda: registry(module))
            ann.close()
            await ann.end()
        await until(lambda: not registry(module))
        await is_ended_by_a_binary_frame(server, path)
    assert len(registry(module)) == 1


@pytest.mark.parametrize("program", NEVER)
async def test_whoever_leaves_stays_behind(program: str) -> None:
    module = load(RULE, program)
    path, registry = NEVER[program]
    async with serve(module.app) as server:
        async with server.peer(path) as ann:
            await until(lambda: registry(module))
            ann.close()
            await ann.end()
        await until(lambda: not server.uvicorn.server_state.tasks)
    assert len(registry(module)) == 1


@pytest.mark.parametrize("program", RIGHT)
async def test_a_right_program_forgets_it(program: str) -> None:
    module = load(RULE, program)
    path, registry = RIGHT[program]
    async with serve(module.app) as server:
        await is_ended_by_a_binary_frame(server, path)
        await until(lambda: not registry(module))


async def test_who_speaks_is_dropped_from_then_on() -> None:
    module = load(RULE, "wrong_chat_manager")
    async with (
        serve(module.app) as server,
        server.peer("/ws/ann") as ann,
        server.peer("/ws/bob") as bob,
    ):
        await until(lambda: len(module.manager.connections) == 2)
        ann.send_bytes(b"\x00")
        with pytest.raises(Ended):
            await ann.receive()
        bob.send_text("hello")
        with pytest.raises(Ended):
            await bob.receive()


@pytest.mark.parametrize("program", ["wrong_global_set", "wrong_loop_in_helper"])
async def test_a_fixed_program_forgets_it(program: str, tmp_path: Path) -> None:
    module = mended(RULE, program, tmp_path)
    path, registry = WRONG[program]
    async with serve(module.app) as server:
        await is_ended_by_a_binary_frame(server, path)
        await until(lambda: not registry(module))
