"""For people: each finding with its line, or on a line of its own."""

from __future__ import annotations

import unicodedata
from collections import Counter

from holdfast.check.finding import Finding
from holdfast.check.report.report import Report

# Nothing in somebody's file or file names may steer a terminal.
HARMLESS = {code: 0x2400 + code for code in range(0x20) if code != ord("\t")}
HARMLESS |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
# Of a longer line a part is shown that begins so far before the place.
LONGEST, BEFORE = 240, 60


def full(report: Report) -> str:
    """Show each finding with the line that it is about."""
    return "\n\n".join([*(excerpt(one, report) for one in report.findings), *summary(report)])


def concise(report: Report) -> str:
    """Show each finding on a line of its own."""
    lines = (
        f"{report.paint(place(one), 'bold')}: {head(one, report)}: {clean(one.message)}"
        for one in report.findings
    )
    return "\n".join([*lines, *summary(report)])


def head(finding: Finding, report: Report) -> str:
    """Name what was found, and whether it can be mended."""
    mark = " [*]" if report.is_fixable(finding) else ""
    return f"{report.paint(finding.code, finding.severity)}{mark} {finding.name}"


def place(finding: Finding) -> str:
    """Say where a finding is, as editors and terminals understand it."""
    cell = f"cell {finding.cell}:" if finding.cell is not None else ""
    return f"{clean(finding.filename)}:{cell}{finding.span.row}:{finding.span.column}"


def excerpt(finding: Finding, report: Report) -> str:
    """Show one finding, its line, and a caret under the place."""
    span, margin = finding.span, " " * len(str(finding.span.row))
    bar = report.paint("|", "dim")
    title = f"{head(finding, report)} ({finding.severity}): {clean(finding.message)}"
    parts = [title, f"{margin}{report.paint('-->', 'dim')} {place(finding)}"]
    if finding.line.strip():
        end = span.end_column if span.end_row == span.row else len(finding.line) + 1
        before, marked, after = cropped(
            finding.line, span.column - 1, max(end, span.column + 1) - 1
        )
        carets = report.paint("^" * max(width(marked), 1), finding.severity)
        parts += [
            f"{margin} {bar}",
            f"{report.paint(str(span.row), 'dim')} {bar} {before}{marked}{after}",
            f"{margin} {bar} {blank(before)}{carets}",
        ]
    if finding.help:
        parts.append(f"{margin} = help: {clean(finding.help)}")
    return "\n".join(parts)


def cropped(line: str, start: int, end: int) -> tuple[str, str, str]:
    """Divide a line at a place, and leave out the ends of a very long one."""
    line = line.translate(HARMLESS)
    before, marked, after = line[:start], line[start:end], line[end:]
    if len(line) > LONGEST:
        before = f"…{before[-BEFORE:]}" if len(before) > BEFORE else before
        marked = f"{marked[:LONGEST]}…" if len(marked) > LONGEST else marked
        after = f"{after[:BEFORE]}…" if len(after) > BEFORE else after
    return before, marked, after


def width(text: str) -> int:
    """Count the columns that a text takes."""
    return sum(columns(one) for one in text)


def columns(character: str) -> int:
    """Count the columns that a character takes: two in Chinese, none for an accent on another."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def blank(text: str) -> str:
    """Give as much space as a text takes; tabs stay tabs, which are as wide as they please."""
    return "".join("\t" if one == "\t" else " " * columns(one) for one in text)


def clean(text: str) -> str:
    """Make a text harmless."""
    return text.translate(HARMLESS)


def summary(report: Report) -> list[str]:
    """Count."""
    if report.quiet:
        return []
    findings = report.findings
    if not findings and not report.fixed:
        return [] if report.failures else ["All checks passed."]
    total = len(findings) + report.fixed
    said = f"Found {counted(total, 'mistake')}"
    if report.fixed:
        said += f" ({report.fixed} fixed, {len(findings)} remaining)"
    severities = Counter(one.severity for one in findings)
    kinds = [
        # "info" has no plural
        counted(severities[one], one) if one != "info" else f"{severities[one]} info"
        for one in ("error", "warning", "info")
        if severities[one]
    ]
    lines = [f"{said}: {', '.join(kinds)}." if kinds else f"{said}."]
    return ["\n".join(lines + fixable(report))]


def fixable(report: Report) -> list[str]:
    """Count what could be mended."""
    safe = sum(report.is_fixable(one) for one in report.findings)
    hidden = sum(one.fix is not None for one in report.findings) - safe
    if safe:
        more = f" ({hidden} more with `--unsafe-fixes`)" if hidden else ""
        return [f"[*] {safe} fixable with `--fix`{more}."]
    return [f"{hidden} fixable with `--fix --unsafe-fixes`."] if hidden else []


def counted(number: int, what: str) -> str:
    """Say how many of something there are."""
    return f"{number} {what}{'' if number == 1 else 's'}"
