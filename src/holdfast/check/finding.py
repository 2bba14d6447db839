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
class Finding:
    """One mistake in one place. `line` is the text of its first line, `help` what mends it."""

    filename: str
    span: Span
    code: str
    name: str
    message: str
    line: str = ""
    help: str = ""
