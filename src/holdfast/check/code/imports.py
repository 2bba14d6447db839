"""Which files of a project import which: read from their text, so that most need not be parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from holdfast.check.code.kinds import files_around
from holdfast.check.code.locating import Locator
from holdfast.check.code.module import Module

# What a file imports; a name too many does no harm.
IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<source>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+(?P<modules>[\w., \t]+))",
    re.MULTILINE,
)
# A call that makes endpoints of functions, which may be in other files.
REGISTERS = ("WebSocketRoute", "add_websocket_route", "add_api_websocket_route", ".websocket(")
NAME = re.compile(r"\w+")
EMPTY: set[int] = set()


class ImportGraph:
    """The files of a project, and who imports whom. Read once, when it is first asked for."""

    def __init__(self, files: list[Path], locator: Locator) -> None:
        # Those that may register endpoints.
        self._registering: set[int] = set()
        # By number: paths take ten times as long to compare.
        self._numbers: dict[Path, int] = {}
        self._paths: list[Path] = []
        self._imports: dict[int, set[int]] = defaultdict(set)
        self._importers: dict[int, set[int]] = defaultdict(set)
        for path in files:
            self._number(path)  # in their order, whoever imports them
        for path in files:
            text, importer, folder = read(path), self._number(path), str(path.parent)
            if any(word in text for word in REGISTERS):
                self._registering.add(importer)
            for name in imported_names(text):
                if found := locator.locate(folder, name):
                    self._imports[importer].add(self._number(found))
                    self._importers[self._number(found)].add(importer)

    def _number(self, path: Path) -> int:
        number = self._numbers.get(path)
        if number is None:
            number = self._numbers[path] = len(self._paths)
            self._paths.append(path)
        return number

    def near(self, path: Path) -> list[Path]:
        """Give the registering files that lead to a file by imports, or to which it leads."""
        start = {self._number(path)}
        close = reached(start, self._importers) | reached(start, self._imports)
        return [self._paths[one] for one in sorted(close & self._registering)]

    def together(self, path: Path) -> set[Path]:
        """Give the files of the programs that a file is part of: all that leads to it, and on."""
        tops = reached({self._number(path)}, self._importers)
        return {self._paths[one] for one in reached(tops, self._imports)}


def reached(starts: set[int], edges: dict[int, set[int]]) -> set[int]:
    """Give all files that can be reached from some, themselves included."""
    found, waiting = set(starts), list(starts)
    while waiting:
        more = edges.get(waiting.pop(), EMPTY) - found
        found |= more
        waiting += more
    return found


def read(path: Path) -> str:
    """Read a file as far as that is possible; its code is not looked at here."""
    try:
        return path.read_text(errors="replace") if path.is_file() else ""
    except OSError:
        return ""


def imported_names(text: str) -> Iterator[str]:
    """Give the modules that a file's text imports, and what may be modules of packages."""
    for match in IMPORTS.finditer(text):
        if modules := match["modules"]:
            for one in modules.split(","):
                yield one.partition(" as ")[0].strip()
        else:
            source = match["source"]
            yield source
            dot = "" if source.endswith(".") else "."
            for name in NAME.findall(match["names"]):
                yield f"{source}{dot}{name}"


def naming(module: Module, wanted: re.Pattern[str]) -> Iterator[Path]:
    """Give the other files of a file's programs that have a word; none is read as Python.

    Each is read once for a word, however many files ask.
    """
    files = files_around(module)
    kept: dict[tuple[Path, re.Pattern[str]], bool] = files.notes.setdefault("naming", {})
    for path in files.together(module):
        key = (path, wanted)
        if key not in kept:
            kept[key] = wanted.search(read(path)) is not None
        if kept[key]:
            yield path


def others_naming(module: Module, wanted: re.Pattern[str]) -> list[Module]:
    """Give the other files of a file's programs that have a word, read as Python."""
    found = map(files_around(module).open, naming(module, wanted))
    return [one for one in found if one]
