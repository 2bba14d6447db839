"""A method of another name is never called; messages are dropped without a word."""

from pathlib import Path

import pytest

from holdfast.testing import TooLate, serve, until
from tests.check.effects.played import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "endpoint-method-never-called"


@pytest.mark.parametrize("name", ["wrong_on_receive", "wrong_base_class"])
async def test_it_is_never_called(name: str) -> None:
    async with serve(load(RULE, name).app) as server, server.peer("/ws") as client:
        if name == "wrong_on_receive":
            client.send_json({"a": 1})
        with pytest.raises(TooLate):
            await client.receive(0.1)


async def test_nor_is_one_for_the_end() -> None:
    loaded = load(RULE, "wrong_on_close")
    async with serve(loaded.app) as server:
        async with server.peer("/ws") as client:
            client.send_text("x")
            assert await client.receive_text() == "x"
        await until(lambda: not loaded.hf.connections)
    assert loaded.gone == []


async def test_the_three_names_are() -> None:
    async with serve(load(RULE, "right_names").app) as server, server.peer("/ws") as client:
        client.send_text("ping")
        assert await client.receive_text() == "pong"


async def test_mended_it_answers(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_on_receive", tmp_path) as played, played.peer() as client:
        client.send_json({"a": 1})
        assert await client.receive_json() == {"a": 1}
