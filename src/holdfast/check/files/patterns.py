"""Globs as ruff has them: *, **, ?, [...] and {a,b}, where a star stands for slashes, too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PIECES = re.compile(r"\*\*/|\*+|\?|\[[!^]?[^\]]+\]|\{[^{}]*\}|.", re.DOTALL)


class BadPattern(ValueError):
    """A glob that is none; says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A glob of a name anywhere, or of a path from `root`; after a `!` it is one of all others."""

    glob: str
    root: Path

    def __post_init__(self) -> None:
        """Raise BadPattern for what is no glob."""
        self._regex()

    def _regex(self) -> re.Pattern[str]:
        glob = self.glob.removeprefix("!").rstrip("/").removeprefix("./")
        try:
            return translate(glob)
        except re.error as error:
            raise BadPattern(f"{self.glob!r} is no pattern: {error.msg}") from None

    def fits(self, path: Path) -> bool:
        """Tell whether an absolute path is meant."""
        return self._fits(path) is not self.glob.startswith("!")

    def _fits(self, path: Path) -> bool:
        regex = self._regex()
        if regex.fullmatch(path.name):
            return True
        if "/" not in self.glob.rstrip("/"):
            return False
        # The root is compared as it is: its name may have any characters.
        inside = path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else ""
        return bool(regex.fullmatch(path.as_posix()) or regex.fullmatch(inside))


@lru_cache(maxsize=1000)
def translate(glob: str) -> re.Pattern[str]:
    """Make a regular expression of a glob."""
    return re.compile("".join(map(_piece, PIECES.findall(glob))), re.DOTALL)


def _piece(piece: str) -> str:
    if piece == "**/":
        return "(?:.*/)?"
    if piece[0] == "*":
        return ".*"
    if piece == "?":
        return "[^/]"
    if len(piece) > 1 and piece[0] == "{":
        return f"(?:{'|'.join(translate(one).pattern for one in piece[1:-1].split(','))})"
    if len(piece) > 1:  # a set of characters
        inner = piece[1:-1].replace("\\", r"\\").replace("[", r"\[")
        return f"[^{inner[1:]}]" if inner[0] in "!^" else f"[{inner}]"
    return re.escape(piece)
