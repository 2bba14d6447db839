"""Which files are checked: those that are named, and those in the folders that are named."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from holdfast.check.files.config import Resolver
from holdfast.check.files.ignored import NOTHING, Ignored

SUFFIXES = (".py", ".pyi", ".ipynb")
# Whatever it is called, a folder with this file holds an environment.
ENVIRONMENT = "pyvenv.cfg"


class Unlistable(Exception):
    """A folder that cannot be listed."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path


def find_files(
    paths: Iterable[Path], resolver: Resolver, force_exclude: bool = False
) -> Iterator[Path | Unlistable]:
    """Give the files to check, each once and in order. Raises ConfigError."""
    seen: set[str] = set()
    ignored = Ignored()
    for path in paths:
        if force_exclude and resolver.for_file(path).excludes_above(path):
            continue
        for found in _below(path, resolver, ignored):
            if isinstance(found, Unlistable):
                yield found
            elif (key := os.path.abspath(found)) not in seen:
                seen.add(key)
                yield found


def _below(path: Path, resolver: Resolver, ignored: Ignored) -> Iterator[Path | Unlistable]:
    if not _is_folder(path):
        yield path
        return
    errors: list[OSError] = []
    # Links to folders are not followed: they may lead in circles, or out of the project.
    for folder, names, files in os.walk(path, onerror=errors.append):
        settings = resolver.for_folder(Path(folder))
        level = ignored.level(os.path.abspath(folder)) if settings.respect_gitignore else NOTHING
        names[:] = [
            one
            for one in sorted(names)
            if not level.ignores(one, is_folder=True)
            and not settings.excludes(Path(folder, one))
            and not os.path.isfile(os.path.join(folder, one, ENVIRONMENT))
        ]
        for name in sorted(files):
            if not name.endswith(SUFFIXES) or level.ignores(name):
                continue
            file = Path(folder, name)
            if _is_file(file) and not settings.excludes(file):
                yield file
    yield from (Unlistable(Path(one.filename or path), one.strerror or str(one)) for one in errors)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # reading it will say what is wrong with it
        return False


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except PermissionError:  # reading it will say so
        return True
    except OSError:
        return False
