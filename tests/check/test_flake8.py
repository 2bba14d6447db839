"""The checker as a plugin of flake8, which finds it by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tools

WRONG = """from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def talk(websocket: WebSocket):
    await websocket.accept()
    websocket.send_text("hello")
    websocket.send_text("hello")  # noqa
    websocket.send_text("hello")  # noqa: WSK101
    websocket.send_text("hello")  # noqa: E501
    await websocket.close()
"""


def flake8(folder: Path, *arguments: str, text: str = "") -> list[str]:
    """Call flake8 as a user does; gives the places and codes that it names."""
    command = [sys.executable, "-m", "flake8", "--isolated", *arguments]
    done = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return [" ".join(line.split(" ")[:2]).removeprefix("./") for line in done.stdout.splitlines()]


def test_flake8_finds_what_we_find(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(WRONG)
    # The second has a byte order mark, and lines that end as on Windows.
    (tmp_path / "other.py").write_text(WRONG, encoding="utf-8-sig", newline="\r\n")
    (tmp_path / "broken.py").write_text("def broken(:\n")
    found = flake8(tmp_path, "--jobs", "2", "--select", "WSK,E9", ".")
    (broken,) = (one for one in found if one.startswith("broken"))
    assert "E999" in broken, "flake8 says it, and not we once more"
    assert sorted(found)[1:] == [
        f"{name}.py:{row}:5: WSK101" for name in ("main", "other") for row in (12, 9)
    ]


def test_flake8_decides_what_is_told(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(WRONG)
    assert flake8(tmp_path, "--ignore", "WSK101", "main.py") == []
    assert flake8(tmp_path, "--per-file-ignores", "main.py:WSK", "main.py") == []
    assert len(flake8(tmp_path, "main.py")) == 2


def test_helpers_are_followed_into_other_files(tmp_path: Path) -> None:
    (tmp_path / "manager.py").write_text("async def leave(websocket):\n    pass\n")
    text = "from manager import leave\n" + WRONG.replace('websocket.send_text("hello")', "leave(1)")
    (tmp_path / "main.py").write_text(text)
    assert {one.split()[1] for one in flake8(tmp_path, "main.py")} == {"WSK102"}


def test_the_standard_input_is_a_file_like_others(tmp_path: Path) -> None:
    found = flake8(tmp_path, "--stdin-display-name", "main.py", "-", text=WRONG)
    assert found == ["main.py:9:5: WSK101", "main.py:12:5: WSK101"]
