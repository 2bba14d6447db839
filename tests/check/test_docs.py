"""What docs/check.md and docs/editors.md show is what the command does."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from holdfast.check.report import FORMATS
from tests.check.commands import Command
from tests.support.programs import PROGRAMS

pytestmark = pytest.mark.newest

DOCS = Path(__file__).parents[2] / "docs"
PAGE, EDITORS = (DOCS / "check.md").read_text(), (DOCS / "editors.md").read_text()


def blocks(page: str, language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


def chat(folder: Path) -> None:
    """Write the tutorial's chat."""
    text = (PROGRAMS / "unguarded-broadcast" / "wrong_tutorial.py").read_text()
    (folder / "main.py").write_text(text.replace("  # here", ""))


def without_rows(shown: str) -> str:
    """Leave out in which row of a file each finding is."""
    return re.sub(r"\d+:\d+$|^ *\d* *(?=\||-->)", "", shown, flags=re.MULTILINE)


def test_what_it_says_of_the_tutorials_chat(real: Command, folder: Path) -> None:
    chat(folder)
    said = without_rows(real("main.py").out)
    (shown,) = blocks(PAGE, "")
    assert all(part.strip() in said for part in without_rows(shown).split("\n\n"))
    assert "Found 5 mistakes" in said


def test_its_commands_work(real: Command, folder: Path) -> None:
    chat(folder)
    (folder / "src").mkdir()
    chat(folder / "src")
    lines = [line for block in blocks(PAGE, "sh") for line in block.splitlines()]
    commands = [
        shlex.split(one, comments=True) for one in lines if one.startswith("holdfast check")
    ]
    assert len(commands) >= 6
    for _, _, *arguments in commands:
        result = real(*arguments)
        assert result.code in (0, 1), arguments
        assert not result.err


def test_its_settings_are_right(real: Command, folder: Path) -> None:
    (settings,) = (one for one in blocks(PAGE, "toml") if "holdfast" in one)
    (folder / "pyproject.toml").write_text(settings)
    chat(folder)
    assert real("-q").code == 1


def test_its_formats_are_all() -> None:
    cells = re.findall(r"^\| (`.*`) \| ", PAGE, re.MULTILINE)
    assert re.findall(r"`(\w+)`", "".join(cells[1:])) == list(FORMATS)


def test_its_hooks_are_there() -> None:
    hooks = (DOCS.parent / ".pre-commit-hooks.yaml").read_text()
    named = re.findall(r"\bholdfast-check[\w-]*", PAGE)
    assert named
    assert all(f"- id: {one}\n" in hooks for one in named)


def test_the_task_of_vs_code_reads_what_is_shown(real: Command, folder: Path) -> None:
    chat(folder)
    (task,) = (json.loads(one)["tasks"][0] for one in blocks(EDITORS, "json") if "tasks" in one)
    pattern = task["problemMatcher"]["pattern"]
    _, _, *arguments = shlex.split(task["command"])
    lines = real(*arguments).out.splitlines()
    matches = [found for line in lines if (found := re.match(pattern["regexp"], line))]
    assert len(matches) == 5
    assert {match[pattern["file"]] for match in matches} == {"main.py"}
    assert {match[pattern["code"]][:4] for match in matches} == {"WSK3"}
