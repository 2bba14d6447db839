"""For build servers: JUnit's XML, a test case for each finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from holdfast.check.finding import Finding
from holdfast.check.report.report import Report, absolute

PACKAGE = "holdfast"
# What no XML may have, not even escaped.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Give a document."""
    findings = report.findings
    total = len(findings)
    top = Element("testsuites", {"name": PACKAGE, **counts(total or 1, total)})
    if not findings:
        suite = {"name": PACKAGE, "package": PACKAGE, **counts(1, 0)}
        case = {"name": "No mistakes found", "classname": PACKAGE}
        SubElement(SubElement(top, "testsuite", suite), "testcase", case)
    for filename, group in groupby(findings, absolute):
        add_file(top, clean(filename), list(group))
    indent(top, "    ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(top, encoding="unicode")


def counts(tests: int, failures: int) -> dict[str, str]:
    """Give the counts of a suite."""
    return {"tests": str(tests), "failures": str(failures), "errors": "0", "skipped": "0"}


def add_file(top: Element, filename: str, findings: Sequence[Finding]) -> None:
    """Add the suite of a file."""
    total = len(findings)
    about = {"name": filename, "package": PACKAGE, **counts(total, total)}
    suite = SubElement(top, "testsuite", about)
    for finding in findings:
        add_finding(suite, finding, filename.removesuffix(".py"))


def add_finding(suite: Element, finding: Finding, classname: str) -> None:
    """Add the test case of a finding."""
    row, column = finding.span.row, finding.span.column
    about = {"name": f"{PACKAGE}.{finding.code}", "classname": classname}
    if finding.cell is None:  # rows of a cell are none of the file
        about |= {"line": str(row), "column": str(column)}
    case = SubElement(suite, "testcase", about)
    properties = SubElement(case, "properties")
    SubElement(properties, "property", {"name": "severity", "value": finding.severity})
    failure = SubElement(case, "failure", {"message": clean(finding.message)})
    cell = f"cell {finding.cell}, " if finding.cell is not None else ""
    where = f"{cell}line {row}, col {column}"
    failure.text = clean(f"{where}, {finding.code} {finding.name}: {finding.message}")


def clean(text: str) -> str:
    """Take out what would make the document invalid."""
    return FORBIDDEN.sub("\ufffd", text)
