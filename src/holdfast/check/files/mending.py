"""Changes files on the disk: with fixes, and with comments that silence what is found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from holdfast.check.code.project import Project
from holdfast.check.files.config import Settings
from holdfast.check.files.fixing import Fixed, Fixer, is_fixable
from holdfast.check.files.parallel import Checked
from holdfast.check.files.run import Seen, examine, read_source
from holdfast.check.files.selection import ABOUT_FILES_CODES
from holdfast.check.files.sources import (
    Source,
    Unreadable,
    check_syntax,
    read_bytes,
    write_bytes,
)
from holdfast.check.files.suppress import add_noqa


@dataclass(frozen=True, slots=True)
class Mended:
    """A file before and after."""

    before: Source
    fixed: Fixed

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.fixed.done)


def has_fixes(seen: list[Seen], settings: Settings) -> bool:
    """Tell whether anything could be mended."""
    return any(is_fixable(one.finding, settings.unsafe_fixes) for one in seen)


def mend_source(
    source: Source, path: Path, filename: str, settings: Settings, project: Project
) -> Mended:
    """Apply the fixes of a source, without writing anything. Raises NotPython and Unreadable."""
    fixer = Fixer(path, filename, settings, project, settings.unsafe_fixes)
    # It is looked at once more: it may have changed since, and then the edits would be wrong.
    examined = examine(source, path, filename, project)
    return Mended(source, fixer.mend(source, examined))


def mend_file(checked: Checked, settings: Settings, project: Project, write: bool) -> Mended:
    """Apply the fixes of a file. Raises NotPython, Unreadable and OSError."""
    source = read_source(read_bytes(checked.path), checked.path)
    mended = mend_source(source, checked.path, checked.filename, settings, project)
    if mended.changed and write:
        write_bytes(checked.path, mended.fixed.source.content())
    return mended


def silence_file(path: Path, seen: list[Seen]) -> int:
    """Add a comment to each line of a file where something is found; gives how many.

    Raises NotPython, Unreadable and OSError.
    """
    rows: dict[int | None, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for finding, _, noqa_row in seen:
        if finding.code not in ABOUT_FILES_CODES:
            rows[finding.cell][noqa_row].add(finding.code)
    if not rows:
        return 0
    source = read_source(read_bytes(path), path)
    parts = {part: add_noqa(source.parts[part], wanted) for part, wanted in rows.items()}
    try:
        changed = source.changed(parts)
    except ValueError as error:
        raise Unreadable(str(error)) from None
    check_syntax(changed.text)
    write_bytes(path, changed.content())
    return sum(len(wanted) for wanted in rows.values())
