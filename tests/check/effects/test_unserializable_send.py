"""What JSON cannot say is raised in the handler, and the connection breaks off."""

from pathlib import Path

import pytest

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "unserializable-send"


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("wrong_model", ("/model", "/nested", "/dump")),
        ("wrong_dataclass", ("/trade", "/id", "/list")),
        ("wrong_others", ("/enum", "/dumps", "/keys", "/error")),
    ],
)
async def test_json_cannot_say_it(name: str, paths: tuple[str, ...]) -> None:
    async with program(RULE, name) as played:
        for path in paths:
            async with played.peer(path) as client:
                assert await client.end() is None
                assert "is not JSON serializable" in str(await played.end())


async def test_a_set_in_a_class() -> None:
    async with program(RULE, "wrong_set") as played, played.peer() as client:
        client.send_text("x")
        assert await client.end() is None
        assert "set is not JSON serializable" in str(await played.end())


@pytest.mark.parametrize(
    ("name", "path", "server"),
    [
        ("wrong_dict_as_text", "/dict", "websockets-sansio"),
        ("wrong_dict_as_text", "/dict", "wsproto"),
        ("wrong_bytes", "/number", "websockets-sansio"),
        ("wrong_bytes", "/number", "wsproto"),
        ("wrong_bytes", "/bytes", "websockets-sansio"),  # wsproto makes it a text frame
    ],
)
async def test_the_wrong_kind_of_frame(name: str, path: str, server: str) -> None:
    async with program(RULE, name, ws=server) as played, played.peer(path) as client:
        assert await client.end() is None
        assert isinstance(await played.end(), AttributeError | TypeError)


async def test_none_is_nothing_without_a_word() -> None:
    async with program(RULE, "wrong_bytes") as played, played.peer("/none") as client:
        assert await client.end() == 1000
        assert client.messages == 0


async def test_what_was_encoded_arrives() -> None:
    async with program(RULE, "right_encoded") as played, played.peer() as client:
        assert await client.end() == 1000
        assert client.messages == 10


async def test_nan_is_sent_and_is_no_json() -> None:
    async with program(RULE, "wrong_others") as played, played.peer("/nan") as client:
        assert await client.receive_text() == '{"load":NaN}'


async def test_mended_the_model_arrives(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_model", tmp_path) as played, played.peer("/model") as client:
        assert (await client.receive_json())["value"] == 1.5
