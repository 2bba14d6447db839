"""Mends what can be mended: applies the edits of findings until none is left that does."""

from __future__ import annotations

import difflib
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.check.code.project import Project
from holdfast.check.files.config import Settings
from holdfast.check.files.run import Examined, examine
from holdfast.check.files.sources import LINE_END, NotPython, Source, Unreadable, split_lines
from holdfast.check.finding import Edit, Finding, Span

# A fix may make room for another one; what is not done after so many rounds goes in circles.
PASSES = 30
# Why a fix was not made: its code and name, and the reason.
Dropped = tuple[str, str, str]
Ends = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class Fixed:
    """What became of a file: its new text, what was mended, and what is left to find."""

    source: Source
    examined: Examined
    done: Counter[tuple[str, str]] = field(default_factory=Counter)  # (code, name) -> how often
    dropped: set[Dropped] = field(default_factory=set)


@dataclass(slots=True)
class Fixer:
    """Mends one file, as its settings say."""

    path: Path
    filename: str
    settings: Settings
    project: Project
    unsafe: bool = False

    def mend(self, source: Source, examined: Examined) -> Fixed:
        """Apply fixes until nothing changes."""
        result = Fixed(source, examined)
        for _ in range(PASSES):
            chosen = self._choose(result)
            if not chosen:
                break
            self._apply(chosen, result)
        return result

    def _choose(self, result: Fixed) -> list[Finding]:
        """Choose fixes that do not touch each other, the first in the file first."""
        dropped = {code for code, _, _ in result.dropped}
        wanted = [
            seen.finding
            for seen in result.examined.wanted(self.settings, self.path)
            if is_fixable(seen.finding, self.unsafe) and seen.finding.code not in dropped
        ]
        return list(apart(wanted))

    def _apply(self, chosen: list[Finding], result: Fixed) -> None:
        """Apply fixes together; if that makes no Python, one by one without the bad ones."""
        if self._try(chosen, result) is None:
            return
        for finding in chosen:
            if reason := self._try([finding], result):
                result.dropped.add((finding.code, finding.name, reason))
            else:
                return  # where the others stand is to be found out anew

    def _try(self, chosen: Sequence[Finding], result: Fixed) -> str | None:
        """Apply fixes, or say why not."""
        try:
            source = result.source.changed(edited(result.source, chosen))
            if source.parts == result.source.parts:
                return "it changes nothing"
            examined = examine(source, self.path, self.filename, self.project)
        except (NotPython, Unreadable):
            return "its result would be no Python"
        except ValueError:
            return "its result cannot be written in the encoding of the file"
        if len(source.faults) > len(result.source.faults):
            return "its result would be no Python"
        result.source, result.examined = source, examined
        result.done.update((one.code, one.name) for one in chosen)
        return None


def is_fixable(finding: Finding, unsafe: bool) -> bool:
    """Tell whether a finding has a fix that may be applied."""
    return finding.fix is not None and (finding.fix.safe or unsafe)


def apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Give the findings whose fixes can be applied together; equal edits are made once."""
    taken: dict[int | None, Taken] = defaultdict(Taken)
    for finding in findings:
        edits, others = finding.fix.edits if finding.fix else (), taken[finding.cell]
        if not any(others.touch(one) for one in edits):
            for one in edits:
                others.add(one)
            yield finding


class Taken:
    """Edits that are not in each other's way, in the order of the file."""

    def __init__(self) -> None:
        self._edits: set[Edit] = set()
        self._places: list[Ends] = []

    def touch(self, edit: Edit) -> bool:
        """Tell whether one of them is in an edit's way; an equal one is not."""
        if edit in self._edits:
            return False
        start, end = ends(edit.span)
        at = bisect_left(self._places, (start, start))
        # They do not overlap, so the one before is the one that ends last.
        if at and self._places[at - 1][1] > start:
            return True
        after = self._places[at][0] if at < len(self._places) else None
        return after is not None and (after == start or after < end)

    def add(self, edit: Edit) -> None:
        """Take one more."""
        if edit not in self._edits:
            self._edits.add(edit)
            insort(self._places, ends(edit.span))


def ends(span: Span) -> Ends:
    """Give where a span begins and where it ends."""
    return (span.row, span.column), (span.end_row, span.end_column)


def edited(source: Source, findings: Iterable[Finding]) -> dict[int | None, str]:
    """Give the new texts of a file's parts."""
    edits: dict[int | None, set[Edit]] = {}
    for finding in findings:
        if finding.fix:
            edits.setdefault(finding.cell, set()).update(finding.fix.edits)
    return {part: apply_edits(source.parts[part], found) for part, found in edits.items()}


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits that do not touch each other; new lines end as those of the text do."""
    lines = split_lines(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    ending = Counter(LINE_END.findall(text)).most_common(1)
    newline = ending[0][0] if ending else "\n"

    def offset(row: int, column: int) -> int:
        if row > len(lines):
            return len(text)
        length = len(lines[row - 1].rstrip("\r\n"))
        return starts[row - 1] + min(column - 1, length)

    for edit in sorted(edits, key=lambda one: (ends(one.span), one.text), reverse=True):
        (start, end) = (offset(*place) for place in ends(edit.span))
        text = text[:start] + edit.text.replace("\n", newline) + text[end:]
    return text


def diff(path: str, before: Source, after: Source) -> list[str]:
    """Give a unified diff, line by line without their ends; one for each cell of a notebook."""
    found: list[str] = []
    for part, text in before.parts.items():
        name = path if part is None else f"{path}:cell {part}"
        old, new = (lines_of(one) for one in (text, after.parts.get(part, "")))
        found += difflib.unified_diff(old, new, name, name, lineterm="")
    return found


def lines_of(text: str) -> list[str]:
    """Give the lines of a text without their ends; says so where the last one has none."""
    lines = [line.rstrip("\r\n") for line in split_lines(text)]
    if text and text[-1] not in "\r\n":
        lines[-1] += "\n\\ No newline at end of file"
    return lines
