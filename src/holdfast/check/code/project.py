"""The files that are checked, and those that they import: read when a rule asks for them."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from holdfast.check.code.imports import ImportGraph
from holdfast.check.code.infer import Inferred
from holdfast.check.code.kinds import File, Kind, inference
from holdfast.check.code.locating import Locator
from holdfast.check.code.module import Module

# A file without any of these words is of no concern to any rule.
WORDS = (
    "websocket", "WebSocket", "send_text", "send_json", "send_bytes", "receive_text",
    "receive_json", "receive_bytes", "iter_text", "iter_json", "iter_bytes", "holdfast", "Holdfast",
)  # fmt: skip
# Nor is one without these pairs: what a router needs, its WebSocket routes in other files need.
PAIRS = (("include_router", "dependencies"),)
WORKERS = re.compile(r"\bworkers(?: *=|[\"'][:,]| \d)")
Stamp = tuple[int, int] | None


def concerns(text: str) -> bool:
    """Tell whether a file's text has anything that some rule is about."""
    # Ten times as fast as one expression for all of them.
    return (
        any(word in text for word in WORDS)
        or any(one in text and other in text for one, other in PAIRS)
        or ("workers" in text and WORKERS.search(text) is not None)
    )


class Project:
    """All that is known of a group of files. `files` are those that are to be checked together."""

    def __init__(self, files: Iterable[Path] = ()) -> None:
        self.files = [file.absolute() for file in files]
        self.shared = {"files": self, "inference": Inferred(self)}
        self._modules: dict[Path, Module | None] = {}
        self._locator = Locator()
        self._consulted: dict[Path, set[Path]] = {}
        # What analyses keep of the whole project, each under its name.
        self.notes: dict[str, Any] = {}
        self._near: dict[Module, list[Module]] = {}
        self._together: dict[Module, set[Path]] = {}
        self._reading: Path | None = None
        self._importing: set[tuple[Path, str]] = set()

    def parse(self, text: str, path: Path) -> Module:
        """Take a file's text, which need not be what is on the disk; raises SyntaxError."""
        path = path.absolute()
        module = self._modules.get(path)
        if module is None or module.text != text:
            module = self._modules[path] = Module(text, path, dotted_name(path), self.shared)
        self._reading = path
        return module

    def offer(self, text: str, path: Path) -> None:
        """Take the text of a file that others may import, as an editor has it."""
        path = path.absolute()
        try:
            self._modules[path] = Module(text, path, dotted_name(path), self.shared)
        except (SyntaxError, ValueError, RecursionError):
            self._modules[path] = None

    def open(self, path: Path) -> Module | None:
        """Read a file of the project; None for what is no Python."""
        if path not in self._modules:
            self._modules[path] = None
            try:
                if not path.is_file():
                    return None  # a pipe would be read for ever
                with tokenize.open(path) as file:
                    text = file.read()
                self._modules[path] = Module(text, path, dotted_name(path), self.shared)
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                return None
        return self._modules[path]

    def consulted(self, module: Module) -> dict[Path, Stamp]:
        """Give the other files on which what was found in a file depends, and their stamps.

        Call it when the rules have looked at the file; None stands for a file that is not there.
        """
        return {path: stamp(path) for path in self._consulted.get(module.path, ())}

    def imported(self, module: Module, name: str) -> Kind | None:
        """Find what a full dotted name, as a module imports it, is within the project."""
        key = (module.path, name)
        if key in self._importing:
            return None  # two files that import it from each other
        self._importing.add(key)
        try:
            return self._imported(module, name)
        finally:
            self._importing.discard(key)

    def _imported(self, module: Module, name: str) -> Kind | None:
        parts = name.lstrip(".").split(".")
        level = len(name) - len(name.lstrip("."))
        for length in range(len(parts), 0, -1):
            found = self.module_named(module, "." * level + ".".join(parts[:length]))
            if found and found is not module:
                return self._inside(found, parts[length:])
        if level and parts != [""]:
            # `from . import x`: a name of the package itself.
            found = self.module_named(module, "." * level)
            if found and found is not module:
                return self._inside(found, parts)
        return None

    def _inside(self, module: Module, names: list[str]) -> Kind | None:
        kind: Kind | None = File(module)
        for name in names:
            kind = inference(module).attribute(kind, name) if kind else None
        return kind

    def module_named(self, module: Module, name: str) -> Module | None:
        """Find a module of the project by its name, as it is spelt in another one."""
        path = self._locate(module.path, name)
        return self.open(path) if path else None

    def _locate(self, importer: Path, name: str) -> Path | None:
        found = self._locator.locate(str(importer.parent), name)
        if found and self._reading and found != self._reading:
            self._consulted.setdefault(self._reading, set()).add(found)
        return found

    @cached_property
    def _graph(self) -> ImportGraph:
        return ImportGraph(self.files, self._locator)

    def near(self, module: Module) -> list[Module]:
        """Give the files that may register endpoints and have to do with a file by imports."""
        if module not in self._near:
            found = [self.open(path) for path in self._graph.near(module.path)]
            self._near[module] = [one for one in found if one]
        return self._near[module]

    def together(self, module: Module) -> set[Path]:
        """Give the other files of the programs that a file is part of, and of its package."""
        if module not in self._together:
            found = self._graph.together(module.path)
            if "." in module.name:
                top = module.path.parents[module.name.count(".") - 1]
                found |= {path for path in self.files if path.is_relative_to(top)}
            self._together[module] = found - {module.path}
        return self._together[module]


def dotted_name(path: Path) -> str:
    """Give the name under which a file is imported: with the folders that are packages."""
    parts = [] if path.stem == "__init__" else [path.stem]
    for folder in path.parents:
        if not (folder / "__init__.py").is_file():
            break
        parts.insert(0, folder.name)
    return ".".join(parts)


def stamp(path: Path) -> Stamp:
    """Tell the state of a file on the disk."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
