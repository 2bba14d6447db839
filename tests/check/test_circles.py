"""Names that lead back to themselves, and numbers that are too large: no rule loses its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.check.code.project import Project
from holdfast.check.files.run import check_source, to_source

pytestmark = pytest.mark.newest

HEAD = """
import asyncio
from fastapi import APIRouter, FastAPI, HTTPException, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, set[WebSocket]] = {}
"""
ENDPOINT = """
@app.websocket("/ws")
async def endpoint(websocket: WebSocket, name: str, json: Json, pair: Pair) -> None:
    await websocket.accept()
"""
TOP = {
    "class": "class Error(Error): ...\nclass Router(Router): ...\nrouter = Router()",
    "classes": "class A(B): ...\nclass B(A): ...\nraised = A()",
    "tuple": "ERRORS = (*ERRORS, ValueError)",
    "number": "n = n * n\nm = m",
    "types": 'Json = dict[str, "Json"] | list["Json"]\nPair = tuple["Pair", "Pair"]',
}
LINES = {
    "place": "room = room.get(name)\nroom.add(websocket)",
    "other": "room = room or set()\nfor one in room:\n    room.remove(one)",
    "loop": "for one in one.values():\n    await one.send_text('x')",
    "comprehension": "await asyncio.gather(*[one.send_text('x') for one in one])",
    "task": "task = asyncio.create_task(task)\nawait asyncio.gather(task, task)",
    "peer": "other = other.websocket\nawait other.close()",
    "types": "for one in json.values():\n    await one.send_text('x')\nawait pair[0].close()",
    "swapped": "a, b = b, a\nfor one in range(a):\n    await websocket.send_text('x')",
    "range": "for _ in range(n):\n    await websocket.send_text('x')",
    "sleep": "while True:\n    await websocket.receive_text()\n    await asyncio.sleep(n)",
    "raises": "raise Error()",
    "class": "raise raised",
    "except": "try:\n    await websocket.receive_text()\nexcept ERRORS:\n    pass",
    "large": "for _ in range(10**30):\n    await websocket.send_text('x')",
    "long": f"await asyncio.sleep({10**400})",
    "larger": "for _ in range((((9**64)**64)**64)**64):\n    await websocket.send_text('x')",
    "late": "for _ in range(1, 2, 3, 4):\n    await websocket.send_text('x')",
}


@pytest.mark.parametrize("lines", LINES.values(), ids=LINES)
def test_a_name_of_itself_has_no_end(lines: str) -> None:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    text = HEAD + "\n".join(TOP.values()) + ENDPOINT + body
    path = Path("circles.py")
    examined = check_source(lambda: to_source(text, path), path, str(path), Project())
    assert not examined.failures
    assert "WSK002" not in {one.finding.code for one in examined.seen}
