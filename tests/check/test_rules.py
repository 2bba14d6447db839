"""Rules together: what the programs of each do not try."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from holdfast.check.code.project import Project
from holdfast.check.files.run import check_file, check_text
from holdfast.check.rules import RULES
from tests.support.programs import PROGRAMS

pytestmark = pytest.mark.newest

HEADER = """\
import asyncio
from fastapi import APIRouter, Depends, FastAPI, WebSocket
app = FastAPI()
"""


def found(program: str) -> set[tuple[int, str]]:
    return {(one.span.row, one.code) for one in check_text(program, "program.py")}


def test_the_tutorials_chat_has_five_mistakes() -> None:
    program = (PROGRAMS / "unguarded-broadcast" / "wrong_tutorial.py").read_text()
    lines = program.split("\n")
    assert {(lines[row - 1].strip(), code) for row, code in found(program)} == {
        ("self.active_connections.remove(websocket)", "WSK309"),
        ("for connection in self.active_connections:", "WSK304"),
        ("await connection.send_text(message)  # here", "WSK303"),
        ("await connection.send_text(message)  # here", "WSK306"),
        ("manager.disconnect(websocket)", "WSK301"),
    }


SEVERAL_LINES = (
    HEADER
    + """
class Client:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def hello(self) -> None:
        self.websocket.send_text(
            "hello"
        )
"""
)


def test_a_call_of_several_lines_is_found_where_it_starts() -> None:
    (finding,) = check_text(SEVERAL_LINES, "program.py")
    lines = SEVERAL_LINES.split("\n")
    assert lines[finding.span.row - 1].strip() == "self.websocket.send_text("
    assert lines[finding.span.end_row - 1].strip() == ")"


def test_a_file_of_no_framework_is_left_alone() -> None:
    sync = "@app.websocket('/ws')\ndef endpoint(ws): ...\n"
    assert found(sync) == set()


def test_codes_and_names_are_given_once() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"WSK[1-79]\d\d", rule.code)
        assert "eported" in rule.explanation, "say what is not reported"


ODD = """
from typing import Annotated

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(
    websocket: WebSocket,
    nothing: tuple[()],
    annotated: Annotated[()],
    many: list[()],
    named: dict[()],
) -> None:
    await websocket.accept()
    for number in range():
        await websocket.send_text(str(number))
    async for text in websocket.iter_text(*nothing, **named):
        await asyncio.wait_for()
        await asyncio.gather()
        await asyncio.wait(*many)
"""


def test_lines_that_nobody_writes_break_no_rule(tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    path.write_text(ODD)
    assert check_file(path, "odd.py", Project([path])).failures == ()
