"""The second client takes the place of the first, which is told nothing any more."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.testing import serve, until
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "single-global-socket"

WRONG: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "wrong_global": ("/ws", lambda module: module.current),
    "wrong_dict": ("/ws", lambda module: module.state["ws"]),
    "wrong_app_state": ("/ws", lambda module: getattr(module.app.state, "socket", None)),
    "wrong_other_file": ("/ws", lambda module: module.notifier.socket),
    "wrong_module": ("/ws", lambda module: module.shared.socket),
    "wrong_class_attribute": ("/", lambda module: module.Bridge.conn),
}


@pytest.mark.parametrize("program", WRONG)
async def test_the_second_client_replaces_the_first(program: str) -> None:
    module = load(RULE, program)
    path, current = WRONG[program]
    async with serve(module.app) as server, server.peer(path) as ann:
        await until(lambda: current(module))
        of_ann = current(module)
        async with server.peer(path) as bob:
            await until(lambda: current(module) is not of_ann)
            await current(module).send_text("news")
            assert await bob.receive() == "news"
        ann.send_text("still here")  # she is served, and nothing can be sent to her from elsewhere
        assert await ann.receive() == "still here"


async def test_a_global_is_emptied_by_whoever_leaves_first() -> None:
    module = load(RULE, "wrong_global")
    async with serve(module.app) as server, server.peer("/ws") as ann, server.peer("/ws") as bob:
        await until(lambda: len(server.uvicorn.server_state.tasks) == 2)
        ann.close()
        await ann.end()
        await until(lambda: module.current is None)
        bob.send_text("hello")
        assert await bob.receive() == "hello"  # connected, and forgotten


async def test_a_right_program_refuses_the_second() -> None:
    module = load(RULE, "right_second_refused")
    async with serve(module.app) as server, server.peer("/ws") as ann:
        await until(lambda: module.current)
        async with server.peer("/ws") as bob:
            assert await bob.end() == 4409
        ann.send_text("hello")
        assert await ann.receive() == "hello"
