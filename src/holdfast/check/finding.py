"""What the checker reports: plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a file, counted from 1; the end column is the one after the last."""

    row: int
    column: int
    end_row: int
    end_column: int


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replaces the text of a span; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Fix:
    """What mends a finding: edits that do not overlap.

    A safe fix keeps what the program does but for the mistake; another one wants to be read first.
    """

    message: str
    edits: tuple[Edit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in one place. `line` is the text of its first line, `help` what mends it.

    In a notebook `cell` counts its cells from 1, as ruff does, and the span is within the cell.
    """

    filename: str
    span: Span
    code: str
    name: str
    message: str
    line: str = ""
    help: str = ""
    severity: str = "error"
    fix: Fix | None = None
    cell: int | None = None
