"""Which files of a project import which: read from their text, so that most need not be parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

# What a file imports; a name too many does no harm.
IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<source>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+(?P<modules>[\w., \t]+))",
    re.MULTILINE,
)
# A call that makes endpoints of functions, which may be in other files.
REGISTERS = re.compile(r"WebSocketRoute|add_websocket_route|add_api_websocket_route|\.websocket\(")
NAME = re.compile(r"\w+")
Locate = Callable[[Path, str], Path | None]


class ImportGraph:
    """The files of a project, and who imports whom. Read once, when it is first asked for."""

    def __init__(self, files: list[Path], locate: Locate) -> None:
        # Those that may register endpoints, and their places among the others.
        self.registering: dict[Path, int] = {}
        self._imports: dict[Path, set[Path]] = defaultdict(set)
        self._importers: dict[Path, set[Path]] = defaultdict(set)
        for place, path in enumerate(files):
            text = read(path)
            if REGISTERS.search(text):
                self.registering[path] = place
            for name in imported_names(text):
                found = locate(path, name)
                if found and found != path:
                    self._imports[path].add(found)
                    self._importers[found].add(path)

    def near(self, path: Path) -> set[Path]:
        """Give the files that lead to a file by imports, and those to which it leads."""
        return reached(path, self._importers) | reached(path, self._imports)

    def together(self, path: Path) -> set[Path]:
        """Give the files of the programs that a file is part of: all that leads to it, and on."""
        tops = reached(path, self._importers)
        return {one for top in tops for one in reached(top, self._imports)}


def reached(start: Path, edges: dict[Path, set[Path]]) -> set[Path]:
    """Give all files that can be reached from one, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        for path in edges.get(waiting.pop(), ()):
            if path not in found:
                found.add(path)
                waiting.append(path)
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


def mentions(path: Path, wanted: re.Pattern[str]) -> bool:
    """Tell whether a file has a word, without reading it as Python."""
    return wanted.search(read(path)) is not None
