"""For programs: JSON with the fields of ruff's."""

from __future__ import annotations

import json
from typing import Any

from holdfast.check.files.run import Seen
from holdfast.check.finding import Fix
from holdfast.check.report.report import Report, absolute, page


def as_json(report: Report) -> str:
    """Give a list of objects."""
    return json.dumps([fields(one) for one in report.seen], indent=2)


def fields(seen: Seen) -> dict[str, Any]:
    """Give one finding as JSON data."""
    finding, span = seen.finding, seen.finding.span
    return {
        "cell": finding.cell,
        "code": finding.code,
        "end_location": location(span.end_row, span.end_column),
        "filename": absolute(finding),
        "fix": mending(finding.fix) if finding.fix else None,
        "location": location(span.row, span.column),
        "message": finding.message,
        "name": finding.name,
        "noqa_row": seen.noqa_row,
        "severity": finding.severity,
        "url": page(finding.code),
    }


def mending(fix: Fix) -> dict[str, Any]:
    """Give one fix as JSON data."""
    return {
        "applicability": "safe" if fix.safe else "unsafe",
        "edits": [
            {
                "content": edit.text,
                "end_location": location(edit.span.end_row, edit.span.end_column),
                "location": location(edit.span.row, edit.span.column),
            }
            for edit in sorted(fix.edits)
        ],
        "message": fix.message,
    }


def location(row: int, column: int) -> dict[str, int]:
    """Give a place as JSON data."""
    return {"column": column, "row": row}
