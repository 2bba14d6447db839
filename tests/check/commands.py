"""The command, called in this process, and rules that find what a test wants found."""

from __future__ import annotations

import ast
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from holdfast.check.code.edits import replace
from holdfast.check.code.module import Module
from holdfast.check.files import run, selection
from holdfast.check.files.config import chosen
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule
from holdfast.cli.check import command

# The word makes the rules look at a file.
HEAD = "import websocket\n"


class Result(NamedTuple):
    """How a call of the command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        return [one["code"] for one in self.data]


class Command:
    """Calls the command. No settings but those of the test are read, and no cache but its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Result:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        self._capsys.readouterr()
        code: Any = 0
        try:
            command.main([str(one) for one in arguments], prog_name="holdfast check")
        except SystemExit as stop:
            code = stop.code
        return Result(code or 0, *self._capsys.readouterr())

    def json(self, *arguments: str | Path, stdin: bytes = b"") -> Any:
        return self("--output-format", "json", *arguments, stdin=stdin).data

    def found(self, *arguments: str | Path) -> list[str]:
        """Give the codes that are found."""
        return [one["code"] for one in self.json(*arguments)]


def names(module: Module, wanted: str) -> Iterator[ast.Name]:
    return (one for one in module.every(ast.Name) if one.id == wanted)


def finder(wanted: str, instead: str = "", safe: bool = True) -> Any:
    def find(module: Module) -> Iterator[Problem]:
        for name in names(module, wanted):
            fix = Fix(f"Write {instead}", (replace(name, instead, module),), safe)
            yield Problem(name, f"`{wanted}` is no good", fix if instead else None)

    return find


def fails(module: Module) -> Iterator[Problem]:
    for _ in names(module, "broken"):
        raise ValueError("I am\nbroken")
    return iter(())


def recurses(module: Module) -> Iterator[Problem]:
    for _ in names(module, "deep"):
        recurses(module)
    return iter(())


TEXT = "Fake.\n\nSays nothing.\n\nWrong:\n\nall"
FAKES = (
    Rule("WSK180", "fake-error", "error", "Write right", TEXT, finder("wrong", "right"), "safe"),
    Rule("WSK281", "fake-warning", "warning", "Ask", TEXT, finder("odd", "even", False), "unsafe"),
    Rule("WSK282", "fake-info", "info", "Read", TEXT, finder("note")),
    Rule("WSK383", "fake-failure", "error", "Mend it", TEXT, fails),
    Rule("WSK384", "fake-bad-fix", "error", "Mend it", TEXT, finder("bad", "(", True), "safe"),
    Rule("WSK385", "fake-loop", "error", "Stop it", TEXT, finder("ping", "ping", True), "safe"),
    Rule("WSK386", "fake-depth", "error", "Stop it", TEXT, recurses),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the current one."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def check(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """The command, with fake rules."""
    monkeypatch.setattr(run, "RULES", FAKES)
    monkeypatch.setattr(selection, "ALL_RULES", (*selection.ABOUT_FILES, *FAKES))
    chosen.cache_clear()
    yield Command(monkeypatch, capsys)
    chosen.cache_clear()


@pytest.fixture
def real(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command, with its own rules."""
    return Command(monkeypatch, capsys)
