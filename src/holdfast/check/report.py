"""Shows findings: with an excerpt, a line each, or as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from holdfast.check.finding import Finding


def full(findings: Sequence[Finding]) -> str:
    """Show each finding with the line that it is about."""
    return "\n\n".join([*(excerpt(one) for one in findings), summary(findings)])


def excerpt(finding: Finding) -> str:
    """Show one finding, its line, and a caret under the place."""
    span, margin = finding.span, " " * len(str(finding.span.row))
    parts = [f"{finding.code} {finding.name}: {finding.message}", f"{margin}--> {place(finding)}"]
    if finding.line.strip():
        end = span.end_column if span.end_row == span.row else len(finding.line) + 1
        # Tabs stay tabs, so that the carets stand under the place at any width of them.
        indent = "".join("\t" if one == "\t" else " " for one in finding.line[: span.column - 1])
        carets = "^" * max(end - span.column, 1)
        parts += [f"{margin} |", f"{span.row} | {finding.line}", f"{margin} | {indent}{carets}"]
    if finding.help:
        parts.append(f"{margin} = help: {finding.help}")
    return "\n".join(parts)


def concise(findings: Sequence[Finding]) -> str:
    """Show each finding on a line of its own."""
    lines = [f"{place(one)}: {one.code} {one.name}: {one.message}" for one in findings]
    return "\n".join([*lines, summary(findings)])


def place(finding: Finding) -> str:
    """Say where a finding is, as editors and terminals understand it."""
    return f"{finding.filename}:{finding.span.row}:{finding.span.column}"


def summary(findings: Sequence[Finding]) -> str:
    """Count."""
    if not findings:
        return "All checks passed."
    return f"Found {len(findings)} mistake{'s' if len(findings) > 1 else ''}."


def as_json(findings: Sequence[Finding]) -> str:
    """Give a list of objects with the fields of ruff's JSON."""
    return json.dumps([fields(one) for one in findings], indent=2)


def fields(finding: Finding) -> dict[str, Any]:
    """Give one finding as JSON data."""
    span = finding.span
    return {
        "cell": None,
        "code": finding.code,
        "end_location": {"column": span.end_column, "row": span.end_row},
        "filename": os.path.abspath(finding.filename),
        "fix": None,
        "location": {"column": span.column, "row": span.row},
        "message": finding.message,
        "name": finding.name,
        "noqa_row": span.row,
        "severity": "error",
        "url": None,
    }


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "full": full,
    "concise": concise,
    "json": as_json,
}


def render(findings: Sequence[Finding], form: str) -> str:
    """Show findings in one of the FORMATS, in characters that any output can take."""
    return FORMATS[form](findings).encode(errors="backslashreplace").decode()
