"""Remembers what was found in files, as long as neither they nor the checker change."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from holdfast.check.code.project import stamp
from holdfast.check.files.run import Examined, Seen
from holdfast.check.finding import Edit, Finding, Fix, Span

FOLDER = ".holdfast_cache"
TAG = """\
Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of `holdfast check`. For what that means see https://bford.info/cachedir/
"""


class Cache:
    """What is known of files, by their path and the hash of what is in them.

    All findings are kept, whatever rules are selected. What rules say about a file may depend on
    any other that is checked with it, so such an entry holds for the same group of files only. A
    cache that cannot be read is empty, and one that cannot be written is forgotten.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"{checker_hash()}.json"
        self._entries = self._read()
        self._changed = False
        self._group = ""

    def group(self, contents: Mapping[Path, bytes]) -> None:
        """Say which files are checked together."""
        digest = hashlib.blake2b(digest_size=16)
        for path, content in sorted(contents.items()):
            digest.update(f"{os.path.abspath(path)}\0{_hash(content)}\0".encode(errors="replace"))
        self._group = digest.hexdigest()

    def _read(self) -> dict[str, Any]:
        try:
            entries = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return entries if isinstance(entries, dict) else {}

    def get(self, path: Path, content: bytes, filename: str) -> Examined | None:
        """Give what was found in a file, under the name it has now, if nothing changed since."""
        try:
            found, group, consulted, seen = self._entries[os.path.abspath(path)]
            if found != _hash(content) or group not in ("", self._group):
                return None
            if not _unchanged(consulted):
                return None
            return Examined(tuple(_seen(filename, one) for one in seen))
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def put(self, path: Path, content: bytes, examined: Examined) -> None:
        """Remember what was found in a file."""
        if not examined.failures:
            others = (examined.consulted or {}).items()
            consulted = {other: list(state) if state else None for other, state in others}
            # What no rule has looked at depends on nothing else.
            group = "" if examined.consulted is None else self._group
            seen = [_plain(one) for one in examined.seen]
            self._entries[os.path.abspath(path)] = [_hash(content), group, consulted, seen]
            self._changed = True

    def save(self) -> None:
        """Write it, if there is anything new, in place of those of other versions."""
        if not self._changed:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._mark()
            self._write({key: one for key, one in self._entries.items() if os.path.exists(key)})
            for other in self._folder.glob("*.json"):
                if other != self._path:
                    other.unlink()
        except OSError:
            return

    def _mark(self) -> None:
        """Keep the folder out of backups and commits."""
        for name, text in (("CACHEDIR.TAG", TAG), (".gitignore", "*\n")):
            if not (self._folder / name).exists():
                (self._folder / name).write_text(text)

    def _write(self, entries: dict[str, Any]) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder)
        try:
            with os.fdopen(handle, "w") as file:
                json.dump(entries, file, separators=(",", ":"))
            os.replace(name, self._path)
        except BaseException:
            os.unlink(name)
            raise


@lru_cache
def checker_hash() -> str:
    """Give a hash of the checker itself and of the Python that parses for it."""
    digest = hashlib.blake2b(repr(sys.version_info).encode(), digest_size=12)
    for path in checker_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def checker_files() -> list[Path]:
    """Give the files that the checker is made of."""
    return sorted(Path(__file__).parents[1].rglob("*.py"))


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _unchanged(consulted: Mapping[str, list[int] | None]) -> bool:
    for path, before in consulted.items():
        now = stamp(Path(path))
        if (list(now) if now else None) != before:
            return False
    return True


# -- findings as JSON ------------------------------------------------------------------------------


def _plain(seen: Seen) -> list[Any]:
    finding, fix = seen.finding, seen.finding.fix
    return [
        _numbers(finding.span),
        finding.code,
        finding.name,
        finding.message,
        finding.line,
        finding.help,
        finding.severity,
        fix and [fix.message, [[_numbers(one.span), one.text] for one in fix.edits], fix.safe],
        finding.cell,
        seen.silenced,
        seen.noqa_row,
    ]


def _numbers(span: Span) -> list[int]:
    return [span.row, span.column, span.end_row, span.end_column]


def _seen(filename: str, plain: list[Any]) -> Seen:
    span, code, name, message, line, advice, severity, fix, cell, silenced, row = plain
    mends = None
    if fix:
        edits = tuple(Edit(Span(*place), text) for place, text in fix[1])
        mends = Fix(fix[0], edits, fix[2])
    found = Finding(filename, Span(*span), code, name, message, line, advice, severity, mends, cell)
    return Seen(found, silenced, row)
