"""Settings: a table in the nearest pyproject.toml, and what the command line says."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from holdfast.check.files.patterns import BadPattern, Pattern
from holdfast.check.files.selection import Choice, UnknownCode, choose, prefixes

FILE = "pyproject.toml"
TABLE = "[tool.holdfast.check]"
# Hidden folders, and those that hold what others wrote or a program made.
EXCLUDED = (
    ".*", "__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules",
    "site-packages", "venv",
)  # fmt: skip

PerFile = tuple[Pattern, tuple[str, ...]]


class ConfigError(ValueError):
    """Settings that are wrong; says in one sentence where, and what is expected."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place says; None for what it says nothing about."""

    choice: Choice = Choice()
    fixable: Choice = Choice()
    per_file_ignores: tuple[PerFile, ...] | None = None
    extend_per_file_ignores: tuple[PerFile, ...] = ()
    exclude: tuple[Pattern, ...] | None = None
    extend_exclude: tuple[Pattern, ...] = ()
    unsafe_fixes: bool | None = None
    ignore_noqa: bool = False
    respect_gitignore: bool | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the files below a folder, `root`."""

    root: Path
    choices: tuple[Choice, ...] = ()
    fixable: tuple[Choice, ...] = ()
    per_file_ignores: tuple[PerFile, ...] = ()
    exclude: tuple[Pattern, ...] = ()
    unsafe_fixes: bool = False
    ignore_noqa: bool = False
    respect_gitignore: bool = True

    def codes(self, path: Path) -> frozenset[str]:
        """Give the codes of the rules that are wanted for a file."""
        wanted = chosen(self.choices)
        path = path.absolute()
        for pattern, selectors in self.per_file_ignores:
            if pattern.fits(path):
                dropped = tuple(prefixes(selectors))
                wanted = frozenset(code for code in wanted if not code.startswith(dropped))
        return wanted

    def fixes(self, code: str) -> bool:
        """Tell whether what a rule finds may be mended."""
        return code in chosen(self.fixable)

    def excludes(self, path: Path) -> bool:
        """Tell whether a file or folder is to be left out."""
        path = path.absolute()
        return any(pattern.fits(path) for pattern in self.exclude)

    def excludes_above(self, path: Path) -> bool:
        """Tell whether a file or any folder below the root that it is in is to be left out."""
        path = path.absolute()
        below = (one for one in path.parents if one != self.root and one.is_relative_to(self.root))
        return any(self.excludes(one) for one in (path, *below))


chosen = lru_cache(maxsize=100)(choose)


def combine(root: Path, layers: Iterable[Layer]) -> Settings:
    """Make settings of what each place says, the most important last."""
    layers = list(layers)
    excluded = tuple(Pattern(glob, root) for glob in EXCLUDED)
    per_file: tuple[PerFile, ...] = ()
    unsafe, respects = False, True
    for layer in layers:
        excluded = excluded if layer.exclude is None else layer.exclude
        per_file = per_file if layer.per_file_ignores is None else layer.per_file_ignores
        unsafe = unsafe if layer.unsafe_fixes is None else layer.unsafe_fixes
        respects = respects if layer.respect_gitignore is None else layer.respect_gitignore
    added = (pattern for layer in layers for pattern in layer.extend_exclude)
    more = (one for layer in layers for one in layer.extend_per_file_ignores)
    return Settings(
        root,
        tuple(layer.choice for layer in layers),
        tuple(layer.fixable for layer in layers),
        (*per_file, *more),
        (*excluded, *added),
        unsafe,
        any(layer.ignore_noqa for layer in layers),
        respects,
    )


class Resolver:
    """Finds the settings of each file: the nearest table, and what the command line says."""

    def __init__(
        self, said: Layer | None = None, config: Path | None = None, isolated: bool = False
    ) -> None:
        self._said = said or Layer()
        self._fixed: Settings | None = None
        self._found: dict[Path, Settings] = {}
        here = Path.cwd()
        if config is not None:
            self._fixed = combine(here, [read_config(config, here), self._said])
        elif isolated:
            self._fixed = combine(here, [self._said])

    def for_file(self, path: Path) -> Settings:
        """Give the settings of a file. Raises ConfigError."""
        return self.for_folder(path.absolute().parent)

    def for_folder(self, folder: Path) -> Settings:
        """Give the settings of the files in a folder. Raises ConfigError."""
        if self._fixed:
            return self._fixed
        folder = folder.absolute()
        if folder not in self._found:
            self._found[folder] = self._look(folder)
        return self._found[folder]

    def _look(self, folder: Path) -> Settings:
        layer = read_table(folder / FILE, folder)
        if layer is not None:
            return combine(folder, [layer, self._said])
        if folder.parent != folder:
            return self.for_folder(folder.parent)
        return combine(Path.cwd(), [self._said])


# -- reading ---------------------------------------------------------------------------------------


def read_config(path: Path, root: Path) -> Layer:
    """Read the file that was named. Raises ConfigError."""
    if not os.path.isfile(path):
        raise ConfigError(f"{path} is no file with settings")
    layer = read_table(path, root)
    if layer is None:
        raise ConfigError(f"{path} has no table {TABLE}")
    return layer


def read_table(path: Path, root: Path) -> Layer | None:
    """Read the table of a file; None if it has none. Raises ConfigError."""
    # Nothing is read in a folder that we may not enter, and that is no error: it has no settings.
    if not os.path.isfile(path):
        return None
    try:
        found: Any = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    keys = ("tool", "holdfast", "check")
    for at, key in enumerate(keys, 1):
        if key not in found:
            return None
        found = found[key]
        if not isinstance(found, dict):
            raise ConfigError(f"{path}: {'.'.join(keys[:at])} is no table")
    return Reader(path, root, found).layer()


class Reader:
    """Reads the table of one file."""

    def __init__(self, path: Path, root: Path, table: dict[str, Any]) -> None:
        self.path = path
        self.root = root
        self.table = table

    def layer(self) -> Layer:
        """Read the whole table. Raises ConfigError."""
        for key in self.table:
            if key not in KEYS:
                raise self.wrong(key, _guess(key))
        select = self.codes("select")
        choice = Choice(select, self.codes("extend-select") or (), self.codes("ignore") or ())
        fixable = Choice(
            self.codes("fixable"), self.codes("extend-fixable") or (), self.codes("unfixable") or ()
        )
        return Layer(
            choice,
            fixable,
            self.per_file("per-file-ignores"),
            self.per_file("extend-per-file-ignores") or (),
            self.patterns("exclude"),
            self.patterns("extend-exclude") or (),
            self.switch("unsafe-fixes"),
            respect_gitignore=self.switch("respect-gitignore"),
        )

    def wrong(self, key: str, reason: str) -> ConfigError:
        """Say what is wrong with a key."""
        return ConfigError(f"{self.path}: {key} in {TABLE}: {reason}")

    def strings(self, key: str, what: str, value: Any) -> tuple[str, ...]:
        """Read a list of strings."""
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(key, f"expected a list of {what}, got {value!r}")
        return tuple(value)

    def codes(self, key: str, value: Any = None) -> tuple[str, ...] | None:
        """Read a list of codes, prefixes or names."""
        value = self.table.get(key) if value is None else value
        if value is None:
            return None
        found = self.strings(key, 'codes such as ["WSK1"]', value)
        try:
            prefixes(found)
        except UnknownCode as error:
            raise self.wrong(key, str(error)) from None
        return found

    def patterns(self, key: str) -> tuple[Pattern, ...] | None:
        """Read a list of globs."""
        if key not in self.table:
            return None
        found = self.strings(key, 'patterns such as ["vendored"]', self.table[key])
        return tuple(self.pattern(key, one) for one in found)

    def pattern(self, key: str, glob: str) -> Pattern:
        """Read a glob."""
        try:
            return Pattern(glob, self.root)
        except BadPattern as error:
            raise self.wrong(key, str(error)) from None

    def per_file(self, key: str) -> tuple[PerFile, ...] | None:
        """Read a table of globs with a list of codes each."""
        if key not in self.table:
            return None
        value = self.table[key]
        if not isinstance(value, dict):
            expected = 'a table of patterns with codes, such as {"tests/*" = ["WSK1"]}'
            raise self.wrong(key, f"expected {expected}, got {value!r}")
        return tuple(
            (self.pattern(key, glob), self.codes(f"{key}.{glob!r}", codes) or ())
            for glob, codes in value.items()
        )

    def switch(self, key: str) -> bool | None:
        """Read true or false."""
        value = self.table.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self.wrong(key, f"expected true or false, got {value!r}")


KEYS = (
    "select", "extend-select", "ignore", "per-file-ignores", "extend-per-file-ignores", "fixable",
    "extend-fixable", "unfixable", "exclude", "extend-exclude", "unsafe-fixes",
    "respect-gitignore",
)  # fmt: skip


def _guess(key: str) -> str:
    near = difflib.get_close_matches(key.replace("_", "-"), KEYS, 1)
    if near:
        return f"there is no such key, did you mean {near[0]}?"
    return f"there is no such key, expected one of {', '.join(KEYS)}"
