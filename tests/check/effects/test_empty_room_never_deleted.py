"""Rooms that everybody has left stay in the dictionary."""

from collections.abc import Callable, Sized
from typing import Any

import pytest

from holdfast.testing import serve, until
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "empty-room-never-deleted"
Registry = Callable[[Any], Sized]

WRONG: dict[str, tuple[str, Registry]] = {
    "wrong_defaultdict": ("/rooms/{}", lambda module: module.rooms),
    "wrong_manager": ("/ws/{}", lambda module: module.manager.rooms),
    "wrong_other_file": ("/games/{}/ann", lambda module: module.games._players),
    "wrong_get_or_create": ("/rooms/{}", lambda module: module.rooms._rooms),
    "wrong_objects": ("/documents/{}", lambda module: module.documents),
}
RIGHT: dict[str, tuple[str, Registry]] = {
    "right_deleted": ("/rooms/{}", lambda module: module.rooms),
    "right_popped": ("/ws/{}", lambda module: module.manager.rooms),
    "right_objects": ("/rooms/{}", lambda module: module.rooms),
    "right_swept": ("/rooms/{}", lambda module: module.rooms.members),
}


async def rooms_after(module: Any, path: str, registry: Registry) -> int:
    """Visit three rooms, and count those that are left of them."""
    async with serve(module.app) as server:
        for room in ("red", "green", "blue"):
            async with server.peer(path.format(room)) as ann:
                ann.close()
                await ann.end()
        await until(lambda: not server.uvicorn.server_state.tasks)
    return len(registry(module))


@pytest.mark.parametrize("program", WRONG)
async def test_empty_rooms_stay(program: str) -> None:
    assert await rooms_after(load(RULE, program), *WRONG[program]) == 3


@pytest.mark.parametrize("program", RIGHT)
async def test_a_right_program_deletes_them(program: str) -> None:
    assert await rooms_after(load(RULE, program), *RIGHT[program]) == 0
