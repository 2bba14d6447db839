"""Checks files: each is read and parsed once, and every rule looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from holdfast.check.code.module import Module
from holdfast.check.code.project import Project, Stamp, concerns
from holdfast.check.files.config import Settings
from holdfast.check.files.notebooks import Notebook
from holdfast.check.files.selection import SYNTAX, UNREADABLE
from holdfast.check.files.sources import (
    TOO_DEEP,
    NotPython,
    PythonFile,
    Source,
    Unreadable,
    check_syntax,
    decode,
    null_byte,
    read_bytes,
    told,
)
from holdfast.check.files.suppress import Suppressions
from holdfast.check.finding import Edit, Finding, Fix, Span
from holdfast.check.rules import RULES, Rule
from holdfast.check.rules.rule import Problem

START = Span(1, 1, 1, 1)
CANNOT = "Cannot read this: "


class Seen(NamedTuple):
    """A finding, whether a comment silences it, and the row on which one has its place."""

    finding: Finding
    silenced: bool
    noqa_row: int


class Failure(NamedTuple):
    """A rule that broke on a file, or, without a code, what is around the rules: our defect."""

    filename: str
    code: str
    name: str
    error: str


@dataclass(frozen=True, slots=True)
class Examined:
    """All that is known of a file, whatever rules are selected.

    `consulted` are the other files on which that depends.
    """

    seen: tuple[Seen, ...] = ()
    failures: tuple[Failure, ...] = ()
    consulted: Mapping[str, Stamp] | None = None

    def wanted(self, settings: Settings, path: Path) -> list[Seen]:
        """Give what settings ask for, and no comment silences; fixes that may be made alone."""
        codes = settings.codes(path)
        return [
            one if one.finding.fix is None or settings.fixes(one.finding.code) else unfixed(one)
            for one in self.seen
            if one.finding.code in codes and (settings.ignore_noqa or not one.silenced)
        ]


def unfixed(seen: Seen) -> Seen:
    """Take the fix of a finding away."""
    return seen._replace(finding=replace(seen.finding, fix=None))


def check_text(
    text: str, path: Path | str, settings: Settings | None = None, project: Project | None = None
) -> list[Finding]:
    """Check the text of a file, which need not be what is on the disk.

    A `project` remembers other files from one call to the next. Never raises for what the text is.
    """
    path = Path(path)
    settings = settings or Settings(Path.cwd())
    examined = check_source(lambda: to_source(text, path), path, str(path), project or Project())
    return [one.finding for one in examined.wanted(settings, path)]


def check_file(path: Path, filename: str, project: Project) -> Examined:
    """Check one file of the disk."""
    return check_source(lambda: read_source(read_bytes(path), path), path, filename, project)


def nothing() -> None:
    """Do nothing between two rules."""


def check_source(
    read: Callable[[], Source],
    path: Path,
    filename: str,
    project: Project,
    between: Callable[[], None] = nothing,
) -> Examined:
    """Check what is read; what cannot be read is a finding.

    `between` is called before each rule: what it raises, if that is no Exception, ends it all.
    """
    try:
        return examine(read(), path, filename, project, between)
    except Unreadable as error:
        return Examined((unreadable(filename, str(error)),))
    except NotPython as fault:
        return Examined((misspelt(filename, fault),))
    except Exception as error:  # ours, and no reason to say nothing about the other files
        return Examined(failures=(Failure(filename, "", "", describe(error)),))


def describe(error: Exception) -> str:
    """Say what was raised, on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def read_source(raw: bytes, path: Path) -> Source:
    """Make a source of a file's bytes. Raises Unreadable and NotPython."""
    text, encoding = decode(raw)
    return to_source(text, path, encoding)


def to_source(text: str, path: Path, encoding: str = "utf-8") -> Source:
    """Make a source of a file's text. Raises NotPython."""
    if "\0" in text:
        raise null_byte(text)
    return Notebook(text, encoding) if path.suffix == ".ipynb" else PythonFile(text, encoding)


def examine(
    source: Source,
    path: Path,
    filename: str,
    project: Project,
    between: Callable[[], None] = nothing,
) -> Examined:
    """Have every rule look at a file. Raises NotPython and Unreadable."""
    faults = tuple(misspelt(filename, fault) for fault in source.faults)
    if not concerns(source.text):
        check_syntax(source.text)
        return Examined(faults)
    with told(source.text):
        module = project.parse(source.text, path)
    findings, failures = apply_rules(module, filename, between)
    suppressions = Suppressions(source.text) if findings else None
    seen = [to_seen(one, source, suppressions) for one in findings if suppressions]
    consulted = {str(other): stamp for other, stamp in project.consulted(module).items()}
    return Examined((*faults, *seen), tuple(failures), consulted)


def apply_rules(
    module: Module, filename: str, between: Callable[[], None] = nothing
) -> tuple[list[Finding], list[Failure]]:
    """Let every rule look at a file; one that breaks does not keep the others from it."""
    findings: set[Finding] = set()
    failures = []
    for rule in RULES:
        between()
        try:
            findings |= {to_finding(rule, one, module, filename) for one in rule.find(module)}
        except RecursionError:
            findings.add(
                to_finding(UNREADABLE, Problem(START, CANNOT + TOO_DEEP), module, filename)
            )
        except Exception as error:
            failures.append(Failure(filename, rule.code, rule.name, describe(error)))
    return sorted(findings, key=attrgetter("span", "code", "message")), failures


def to_finding(rule: Rule, problem: Problem, module: Module, filename: str) -> Finding:
    """Put together what a rule and a problem of it say."""
    where = problem.where
    span = where if isinstance(where, Span) else module.span(where)
    return Finding(
        filename,
        span,
        rule.code,
        rule.name,
        problem.message,
        module.lines[span.row - 1],
        rule.help,
        rule.severity,
        problem.fix,
    )


def to_seen(finding: Finding, source: Source, suppressions: Suppressions) -> Seen:
    """Say whether a finding is silenced, and where it stands in the file as it is written."""
    span = finding.span
    silenced, noqa_row = suppressions.silences(finding), suppressions.noqa_row(span.row)
    part, _ = source.place(span.row)
    if part is None:
        return Seen(finding, silenced, noqa_row)
    placed = replace(finding, span=within(span, source), fix=fix_within(finding, source), cell=part)
    return Seen(placed, silenced, source.place(noqa_row)[1])


def within(span: Span, source: Source) -> Span:
    """Move a span into the cell where it begins; it ends there at the latest."""
    part, row = source.place(span.row)
    end_part, end_row = source.place(span.end_row)
    if end_part != part:
        return Span(row, span.column, row, span.column + 1)
    return Span(row, span.column, end_row, span.end_column)


def fix_within(finding: Finding, source: Source) -> Fix | None:
    """Move a fix into the cell of its finding; none that changes others, or lines not Python."""
    if finding.fix is None:
        return None
    part, _ = source.place(finding.span.row)
    edits = []
    for edit in finding.fix.edits:
        ends = source.place(edit.span.row), source.place(edit.span.end_row)
        if {part} != {one[0] for one in ends} or not source.is_verbatim(edit.span):
            return None
        edits.append(Edit(within(edit.span, source), edit.text))
    return replace(finding.fix, edits=tuple(edits))


def misspelt(filename: str, fault: NotPython) -> Seen:
    """Report a file, or a cell, that is not Python."""
    finding = Finding(
        filename,
        fault.span,
        SYNTAX.code,
        SYNTAX.name,
        f"Not {fault.kind}: {fault.message}",
        fault.line,
        cell=fault.cell,
    )
    return Seen(finding, silenced=False, noqa_row=fault.span.row)


def unreadable(filename: str, reason: str) -> Seen:
    """Report a file or folder that could not be read."""
    finding = Finding(filename, START, UNREADABLE.code, UNREADABLE.name, CANNOT + reason)
    return Seen(finding, silenced=False, noqa_row=1)
