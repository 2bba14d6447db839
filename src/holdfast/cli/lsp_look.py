"""What the language server finds in an open file: worked out in a thread, for the loop to tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lsprotocol import types

from holdfast.check.code.project import Project
from holdfast.check.files.comments import Comment, read_layout
from holdfast.check.files.config import ConfigError, Resolver, Settings
from holdfast.check.files.fixing import apart, is_fixable
from holdfast.check.files.notebooks import as_python
from holdfast.check.files.run import Examined, Failure, Seen, check_source, to_source
from holdfast.check.files.selection import UnknownCode
from holdfast.check.files.sources import LINE_END, NotPython, Unreadable
from holdfast.check.files.suppress import with_codes
from holdfast.check.finding import Edit, Finding, Span

SOURCE = "holdfast"
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
NOTEBOOK = ".ipynb"
CODE = re.compile(r"\bWSK\d{3}\b")


@dataclass(frozen=True)
class Document:
    """A version of an open file. Places are given as editors count: from 0.

    `units` measures a text in what the editor and we have agreed to count.
    """

    uri: str
    path: Path
    text: str
    version: int | None
    units: Callable[[str], int]

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return LINE_END.split(self.text)

    def range(self, span: Span) -> types.Range:
        """Turn a span of ours into an editor's."""
        return types.Range(
            self._position(span.row, span.column), self._position(span.end_row, span.end_column)
        )

    def _position(self, row: int, column: int) -> types.Position:
        if row > len(self.lines):  # behind the last line
            row, column = len(self.lines), len(self.lines[-1]) + 1
        return types.Position(row - 1, self.units(self.lines[row - 1][: column - 1]))

    def code_at(self, where: types.Position) -> tuple[str, types.Range] | None:
        """Give the code that a comment names at a position."""
        line = self.lines[where.line] if where.line < len(self.lines) else ""
        row, _, comment = where.line + 1, *line.partition("#")[1:]
        start = len(line) - len(comment)
        for match in CODE.finditer(comment):
            place = self.range(Span(row, start + match.start() + 1, row, start + match.end() + 1))
            if meets(place, types.Range(where, where)):
                return match[0], place
        return None

    def changes(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Give edits as an editor takes them; the same twice, as of an import, once."""
        once = sorted(set(edits))
        return types.WorkspaceEdit(
            {self.uri: [types.TextEdit(self.range(one.span), one.text) for one in once]}
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding in a document, and the edit that adds a comment against it."""

    finding: Finding
    shown: types.Diagnostic
    silence: Edit


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a version of a document. `wrong` says what is wrong with its settings."""

    document: Document
    marks: list[Mark]
    safe_edits: list[Edit]
    wrong: str = ""
    failures: tuple[Failure, ...] = ()

    def within(self, wanted: types.Range) -> Iterator[Mark]:
        """Give what was found in a range, or touches it."""
        return (one for one in self.marks if meets(one.shown.range, wanted))


def look(document: Document, others: Mapping[Path, str], between: Callable[[], None]) -> Looked:
    """Look at a document. `others` are those that are open, too; they count as the editor has them.

    `between` is called now and then: what it raises ends the look.
    """
    settings, wrong = settings_of(document.path)
    examined = examine(document, settings, others, between)
    seen = examined.wanted(settings, document.path)
    comments = comments_of(document, seen)
    marks = [
        Mark(one.finding, diagnostic(one.finding, document), silence(one, document, comments))
        for one in seen
    ]
    safe = apart(one.finding for one in seen if is_fixable(one.finding, unsafe=False))
    edits = [edit for one in safe if one.fix for edit in one.fix.edits]
    return Looked(document, marks, edits, wrong, examined.failures)


def settings_of(path: Path) -> tuple[Settings, str]:
    """Read the settings of a file, and say what is wrong with them."""
    try:
        return Resolver().for_file(path), ""
    except (ConfigError, UnknownCode) as error:
        return Settings(path.parent), f"Holdfast: {error}"


def examine(
    document: Document,
    settings: Settings,
    others: Mapping[Path, str],
    between: Callable[[], None],
) -> Examined:
    """Have every rule look at a document."""
    path, text = document.path, document.text
    if path.suffix == NOTEBOOK:
        if document.uri.startswith("file:"):
            return Examined()  # its JSON, which nobody reads
        text = python_of(text)
    if settings.excludes_above(path):
        return Examined()
    project = Project([path])
    for other, content in others.items():
        project.offer(content, other)
    # The text of a cell is Python, and no notebook.
    name = path.with_suffix(".py") if path.suffix == NOTEBOOK else path
    return check_source(lambda: to_source(text, name), path, str(path), project, between)


def python_of(text: str) -> str:
    """Make harmless what only notebooks take; a text that is wrong all the same stays as it is."""
    try:
        return "\n".join(as_python(text))
    except (NotPython, Unreadable):
        return text


def diagnostic(finding: Finding, document: Document) -> types.Diagnostic:
    """Give a finding as an editor shows it."""
    help_ = f"\nHelp: {finding.help}" if finding.help else ""
    return types.Diagnostic(
        document.range(finding.span),
        finding.message + help_,
        severity=SEVERITIES.get(finding.severity),
        code=finding.code,
        source=SOURCE,
    )


def comments_of(document: Document, seen: Iterable[Seen]) -> dict[int, Comment]:
    """Give the comments on the rows where others would be added."""
    if not any("#" in document.lines[one.noqa_row - 1] for one in seen):
        return {}
    layout = read_layout(LINE_END.sub("\n", document.text))
    return {one.row: one for one in layout.comments}


def silence(seen: Seen, document: Document, comments: Mapping[int, Comment]) -> Edit:
    """Give the edit that adds a comment, or a code to the one that is there."""
    row = seen.noqa_row
    before = document.lines[row - 1]
    after = with_codes(before, comments.get(row), [seen.finding.code])
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (old, new) in pairs if old != new), len(before))
    return Edit(Span(row, same + 1, row, len(before) + 1), after[same:])


def moved(position: types.Position, now: Document, before: Document) -> types.Position | None:
    """Say where a place was in an older version; None for a place that is about to be changed."""
    lines, old = now.lines, before.lines
    shorter = min(len(lines), len(old))
    same = next((at for at in range(shorter) if lines[at] != old[at]), shorter)
    if position.line < same:
        return position
    behind = shorter - same
    same = next((at for at in range(behind) if lines[-1 - at] != old[-1 - at]), behind)
    if position.line >= len(lines) - same:
        return types.Position(position.line - len(lines) + len(old), position.character)
    return None


def meets(one: types.Range, other: types.Range) -> bool:
    """Tell whether two ranges have a place in common."""
    return not (key(one.end) < key(other.start) or key(other.end) < key(one.start))


def key(where: types.Position) -> tuple[int, int]:
    """Give a position as what can be compared."""
    return where.line, where.character
