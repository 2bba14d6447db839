"""The checker as a plugin of flake8, which finds it by itself where both are installed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from holdfast.check.code.project import Project
from holdfast.check.files.config import Settings
from holdfast.check.files.run import check_text


class Plugin:
    """What flake8 makes for each file. Which codes are wanted is for flake8 to say."""

    name = "holdfast"
    version = version("holdfast")
    # The files that others import, read once in a process of flake8.
    _project = Project()

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        self._filename = filename
        self._text = "".join(lines)

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Give row, column from 0, and message of each finding."""
        path = Path(self._filename)
        settings = Settings(Path.cwd())
        for one in check_text(self._text, path, settings, self._project):
            # A syntax error is flake8's own E999.
            if not one.code.startswith("WSK0"):
                yield one.span.row, one.span.column - 1, f"{one.code} {one.message}", type(self)
