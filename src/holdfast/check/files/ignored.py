"""What version control ignores, which is left out: .gitignore and its like, as ruff reads them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache

from holdfast.check.files.gitignore import Patterns

EXCLUDES_FILE = re.compile(r'^\s*excludesfile\s*=\s*"?(.+?)"?\s*$', re.IGNORECASE | re.MULTILINE)
patterns_of = lru_cache(maxsize=1000)(Patterns)


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns of a file, and the folder that they are for."""

    patterns: Patterns
    folder: str


@dataclass(frozen=True, slots=True)
class Level:
    """What holds for what is in a folder. Of both kinds of patterns, the nearest come first.

    Outside a repository `git` is None: no .gitignore counts there.
    """

    folder: str = ""  # with slashes, and one at its end
    plain: tuple[Rules, ...] = ()
    git: tuple[Rules, ...] | None = None

    def ignores(self, name: str, is_folder: bool = False) -> bool:
        """Tell whether a file or folder in this one is ignored."""
        name = _as_bytes(f"{name}/" if is_folder else name)
        for rules in (*self.plain, *(self.git or ())):
            path = self.folder[len(rules.folder) :] + name
            verdict = rules.patterns.ignores(path, name)
            if verdict is not None:
                return verdict
        return False


NOTHING = Level()


class Ignored:
    """Knows what holds in each folder. Each file of patterns is read once."""

    def __init__(self) -> None:
        self._levels: dict[str, Level] = {}

    def level(self, folder: str) -> Level:
        """Give what holds in a folder, by its absolute path."""
        if folder not in self._levels:
            above = os.path.dirname(folder)
            outer = NOTHING if above == folder else self.level(above)
            self._levels[folder] = _inner(folder, outer)
        return self._levels[folder]


def _inner(folder: str, outer: Level) -> Level:
    """Give what holds in a folder, by what holds in the one above it."""

    def rules(path: str) -> tuple[Rules, ...]:
        patterns = patterns_of(_read(os.path.join(folder, path)))
        return (Rules(patterns, here),) if patterns else ()

    here = _as_bytes(f"{folder.replace(os.sep, '/').rstrip('/')}/")
    git = outer.git
    # A repository within another is its own.
    if any(os.path.exists(os.path.join(folder, one)) for one in (".git", ".jj")):
        git = (*rules(_exclude_file(folder)), *rules(_global_file()))
    if git is not None:
        git = (*rules(".gitignore"), *git)
    return Level(here, (*rules(".ignore"), *outer.plain), git)


def _as_bytes(path: str) -> str:
    """Give a text with a character for each byte of a path, for git looks at those."""
    return path if path.isascii() else os.fsencode(path).decode("latin-1")


def _as_path(text: str) -> str:
    return os.fsdecode(text.strip().encode("latin-1"))


def _read(path: str) -> str:
    """Read a file, with a character for each byte; nothing if there is none."""
    if not os.path.isfile(path):
        return ""
    try:
        with open(path, "rb") as file:
            return file.read().decode("latin-1")
    except OSError:
        return ""


def _exclude_file(folder: str) -> str:
    """Give the path of a repository's own file of patterns."""
    git = os.path.join(folder, ".git")
    # That of a worktree or a submodule is a file, which says where the rest is.
    if os.path.isfile(git):
        git = os.path.join(folder, _as_path(_read(git).removeprefix("gitdir:")))
        git = os.path.join(git, _as_path(_read(os.path.join(git, "commondir"))))
    return os.path.join(git, "info", "exclude")


def _global_file() -> str:
    """Give the path of the user's file of patterns."""
    home = os.path.expanduser("~")
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    for path in (os.path.join(home, ".gitconfig"), os.path.join(settings, "git", "config")):
        if found := EXCLUDES_FILE.search(_read(path)):
            return os.path.expanduser(_as_path(found[1]))
    return os.path.join(settings, "git", "ignore")
