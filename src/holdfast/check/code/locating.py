"""Where the modules are that a file imports, as Python would find them from there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from holdfast.check.code.module import FRAMEWORKS

# How far up a package's files may be imported from; a project is seldom deeper.
LEVELS = 8
PACKAGE = "__init__.py"


class Locator:
    """Finds the files of modules by their names. What is on the disk is looked at once.

    Folders are texts here: paths take ten times as long to make and to compare.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Path | None] = {}
        self._homes: dict[tuple[str, str], list[str]] = {}
        self._names: dict[str, frozenset[str]] = {}

    def locate(self, folder: str, name: str) -> Path | None:
        """Find a module by the name that a file in a folder imports it by; dots lead upwards.

        What comes with Python, and the frameworks, are none of the project's.
        """
        key = (folder, name)
        if key not in self._found:
            path = self._search(folder, name)
            self._found[key] = Path(path) if path else None
        return self._found[key]

    def _search(self, folder: str, name: str) -> str:
        bare = name.lstrip(".")
        parts = bare.split(".") if bare else []
        if name.startswith("."):
            for _ in range(len(name) - len(bare) - 1):
                folder = os.path.dirname(folder)
            return self._inside(folder, parts)
        if not parts or parts[0] in FRAMEWORKS or parts[0] in sys.stdlib_module_names:
            return ""
        homes = self._homes_of(folder, parts[0])
        return next((path for home in homes if (path := self._inside(home, parts))), "")

    def _homes_of(self, folder: str, root: str) -> list[str]:
        """Give the folders from which a module or package of this name may be imported."""
        key = (folder, root)
        if key not in self._homes:
            found, one = [], folder
            for _ in range(LEVELS):
                names = self._names_in(one)
                if root in names or f"{root}.py" in names:
                    found.append(one)
                one = os.path.dirname(one)
            self._homes[key] = found
        return self._homes[key]

    def _inside(self, folder: str, parts: list[str]) -> str:
        """Find a module below a folder, as a file or as a package."""
        for part in parts[:-1]:
            if part not in self._names_in(folder):
                return ""
            folder = os.path.join(folder, part)
        if not parts:
            return os.path.join(folder, PACKAGE) if PACKAGE in self._names_in(folder) else ""
        last, names = parts[-1], self._names_in(folder)
        if last in names and PACKAGE in self._names_in(os.path.join(folder, last)):
            return os.path.join(folder, last, PACKAGE)
        return os.path.join(folder, f"{last}.py") if f"{last}.py" in names else ""

    def _names_in(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(os.listdir(folder))
            except OSError:
                self._names[folder] = frozenset()
        return self._names[folder]
