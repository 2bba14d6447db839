"""The broadcast has removed a dead peer already: its own clean-up raises."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from holdfast.testing import serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "unguarded-remove"
Act = Callable[[Any], Any]


async def log_after(
    module: Any, path: str, registry: Act, remove: Act, caplog: pytest.LogCaptureFixture
) -> str:
    """Remove a connection as a failed broadcast does, let it end, and give what was logged."""
    members: Collection[Any] = registry(module)
    async with serve(module.app) as server, server.peer(path) as ann:
        await until(lambda: members)
        remove(module)(next(iter(members)))
        ann.close()
        await ann.end()
        await until(lambda: not server.uvicorn.server_state.tasks)
    return caplog.text


async def test_a_list_raises_value_error(caplog: pytest.LogCaptureFixture) -> None:
    module = load(RULE, "wrong_manager")
    said = await log_after(
        module, "/ws", lambda _: _.manager.active, lambda _: _.manager.disconnect, caplog
    )
    assert "ValueError: list.remove(x): x not in list" in said


async def test_a_set_raises_key_error(caplog: pytest.LogCaptureFixture) -> None:
    module = load(RULE, "wrong_set")
    said = await log_after(module, "/", lambda _: _.peers._peers, lambda _: _.peers.drop, caplog)
    assert "KeyError" in said


async def test_a_handler_raises_in_its_own_clean_up(caplog: pytest.LogCaptureFixture) -> None:
    module = load(RULE, "wrong_twice")
    said = await log_after(module, "/ws", lambda _: _.clients, lambda _: _.clients.remove, caplog)
    assert "ValueError: list.remove(x): x not in list" in said


@pytest.mark.parametrize("program", ["right_guards", "wrong_manager"])
async def test_a_guarded_removal_says_nothing(
    program: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    is_right = program.startswith("right")
    module = load(RULE, program) if is_right else mended(RULE, program, tmp_path)
    said = await log_after(
        module, "/ws", lambda _: _.manager.active, lambda _: _.manager.disconnect, caplog
    )
    assert "Error" not in said
