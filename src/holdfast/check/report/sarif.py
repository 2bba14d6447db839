"""For code scanning: SARIF 2.1.0."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from holdfast.check.files.selection import rule_of
from holdfast.check.finding import Edit, Finding, Span
from holdfast.check.report.report import Report, fingerprints, relative
from holdfast.check.rules import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
TOP = "%SRCROOT%"


def sarif(report: Report) -> str:
    """Give a log of one run."""
    findings = report.findings
    codes = sorted({one.code for one in findings})
    run = {
        "tool": {
            "driver": {
                "name": "holdfast",
                "version": version("holdfast"),
                "rules": [about(rule_of(one)) for one in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {TOP: {"uri": f"{Path.cwd().as_uri()}/"}},
        "invocations": [invocation(report)],
        "results": [
            result(finding, codes.index(finding.code), fingerprint)
            for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def about(rule: Rule) -> dict[str, Any]:
    """Describe a rule."""
    text = rule.explanation.strip()
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": text.partition("\n")[0]},
        "fullDescription": {"text": text.partition("\n\nWrong:")[0]},
        "help": {"text": f"{rule.help.rstrip('.')}.", "markdown": text},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def invocation(report: Report) -> dict[str, Any]:
    """Say whether all rules did their work."""
    notes = [
        {"level": "error", "message": {"text": f"{one.code} {one.filename}: {one.error}"}}
        for one in report.failures
    ]
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    """Give one finding."""
    found: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": physical(finding)}],
        "partialFingerprints": {"holdfast/v1": fingerprint},
    }
    # The rows of a cell are none of the file, so a fix of a notebook could not be placed.
    if finding.fix and finding.cell is None:
        change = {
            "artifactLocation": artifact(finding),
            "replacements": [replacement(one) for one in sorted(finding.fix.edits)],
        }
        found["fixes"] = [
            {"description": {"text": finding.fix.message}, "artifactChanges": [change]}
        ]
    return found


def physical(finding: Finding) -> dict[str, Any]:
    """Say where a finding is."""
    span = finding.span if finding.cell is None else Span(1, 1, 1, 1)
    return {"artifactLocation": artifact(finding), "region": region(span)}


def artifact(finding: Finding) -> dict[str, str]:
    """Name a file, from the current folder if it is below."""
    path = relative(finding)
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path, errors="replace"), "uriBaseId": TOP}


def region(span: Span) -> dict[str, int]:
    """Give a span."""
    return {
        "startLine": span.row,
        "startColumn": span.column,
        "endLine": span.end_row,
        "endColumn": span.end_column,
    }


def replacement(edit: Edit) -> dict[str, Any]:
    """Give an edit."""
    return {"deletedRegion": region(edit.span), "insertedContent": {"text": edit.text}}
