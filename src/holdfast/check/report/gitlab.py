"""For GitLab: a code quality report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from holdfast.check.finding import Finding
from holdfast.check.report.report import Report, absolute, fingerprints, relative

SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def gitlab(report: Report) -> str:
    """Give a list of objects."""
    findings = report.findings
    return json.dumps(list(map(entry, findings, fingerprints(findings))), indent=2)


def entry(finding: Finding, fingerprint: str) -> dict[str, Any]:
    """Give one finding."""
    span = finding.span
    begin, end = (span.row, span.column), (span.end_row, span.end_column)
    if finding.cell is not None:  # rows of a cell are none of the file
        begin = end = (1, 1)
    return {
        "check_name": finding.code,
        "description": f"{finding.code} {finding.name}: {finding.message}",
        "fingerprint": fingerprint,
        "location": {
            "path": in_project(finding),
            "positions": {
                "begin": {"line": begin[0], "column": begin[1]},
                "end": {"line": end[0], "column": end[1]},
            },
        },
        "severity": SEVERITIES[finding.severity],
    }


def in_project(finding: Finding) -> str:
    """Give a path as GitLab wants it: from the top of the project, which its runners name."""
    top = os.environ.get("CI_PROJECT_DIR")
    path = Path(absolute(finding))
    if top and path.is_relative_to(top):
        return path.relative_to(top).as_posix()
    return relative(finding)
