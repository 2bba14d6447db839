"""What a user's editor says: `async for` is exact, a sync handler is an error."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.tools, pytest.mark.timeout(180)]

RIGHT = """
from collections.abc import AsyncIterator
from typing import assert_type

from fastapi import FastAPI
from pydantic import BaseModel

from holdfast import Closed, Connection, Endpoint, Holdfast, Position


class Join(BaseModel):
    room: str


class Say(BaseModel):
    text: str


app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/default")
async def default(conn: Connection) -> None:
    async for text in conn:
        assert_type(text, str)


@hf.websocket("/union/{room}")
async def union(conn: Connection[Join | Say], room: str) -> None:
    async for message in conn:
        assert_type(message, Join | Say)
    assert_type(await conn.receive(timeout=1), Join | Say)
    assert_type(await conn.join(room, since=5), bool)
    assert_type(conn.closed, Closed | None)
    assert_type(await hf.publish(room, 1), Position)


@hf.websocket("/endpoint")
class Room(Endpoint[Say]):
    async def on_connect(self, conn: Connection[Say], room: str) -> None:
        await conn.join(room)

    async def on_message(self, conn: Connection[Say], message: Say) -> None:
        await conn.send(message)


@hf.stream("/metrics", every=1.0)
def metrics() -> dict[str, float]:
    return {}


@hf.stream("/tokens/{prompt}", append=True)
async def tokens(prompt: str) -> AsyncIterator[str]:
    yield prompt


@hf.subscribe("/orders/{id}")
async def order(id: int) -> str:
    return f"orders.{id}"
"""

WRONG = {
    "a sync handler": """
@hf.websocket("/ws")
def handler(conn: Connection[str]) -> None: ...
""",
    "a publish without await": """
async def task() -> None:
    hf.publish("lobby", "x")


async def other(conn: Connection[str]) -> None:
    conn.send("x")
""",
    "an unknown policy": """
hf.channel("lobby", overflow="drop")
""",
    "a subscription without a name": """
@hf.subscribe("/orders")
async def order() -> int: ...
""",
}

HEAD = """
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)
"""


def check(tool: str, program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "program.py"
    file.write_text(program)
    if tool == "mypy":
        command = ["mypy", "--strict", "--cache-dir", str(folder / "cache"), str(file)]
    else:
        (folder / "pyrightconfig.json").write_text('{"reportUnusedCoroutine": "error"}')
        command = ["pyright", "--pythonpath", sys.executable, "--project", str(folder)]
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


@pytest.mark.parametrize("tool", ["mypy", "pyright"])
def test_a_right_program(tool: str, tmp_path: Path) -> None:
    result = check(tool, RIGHT, tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("tool", ["mypy", "pyright"])
def test_wrong_programs(tool: str, tmp_path: Path) -> None:
    """Each of them, in one file, so that the checker starts once."""
    result = check(tool, HEAD + "".join(WRONG.values()), tmp_path)
    assert result.returncode == 1
    line = HEAD.count("\n")
    for name, code in WRONG.items():
        lines = range(line, line + code.count("\n") + 1)
        found = any(f"program.py:{number}:" in result.stdout for number in lines)
        assert found, f"{tool} says nothing of {name}:\n{result.stdout}"
        line += code.count("\n")
