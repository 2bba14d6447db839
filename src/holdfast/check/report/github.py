"""For GitHub Actions: annotations on the changed lines."""

from __future__ import annotations

from holdfast.check.finding import Finding
from holdfast.check.report.report import Report, absolute

LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def github(report: Report) -> str:
    """Give a command for each finding."""
    return "\n".join(annotation(one) for one in report.findings)


def annotation(finding: Finding) -> str:
    """Give the command that annotates one place."""
    # In a notebook rows are those of a cell, and GitHub knows those of the file alone.
    row, column, end_row, end_column = (
        (finding.span.row, finding.span.column, finding.span.end_row, finding.span.end_column)
        if finding.cell is None
        else (1, 1, 1, 1)
    )
    cell = f"cell {finding.cell}:" if finding.cell is not None else ""
    where = f"{finding.filename}:{cell}{finding.span.row}:{finding.span.column}"
    properties = {
        "title": f"holdfast ({finding.code})",
        "file": absolute(finding),
        "line": row,
        "col": column,
        "endLine": end_row,
        "endColumn": end_column,
    }
    listed = ",".join(f"{key}={escaped_more(str(value))}" for key, value in properties.items())
    message = f"{where}: {finding.code} {finding.name}: {finding.message}"
    if finding.help:
        message += f"\n  help: {finding.help}"
    return f"::{LEVELS[finding.severity]} {listed}::{escaped(message)}"


def escaped(text: str) -> str:
    """Escape what would end a message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_more(text: str) -> str:
    """Escape what would end a property."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
