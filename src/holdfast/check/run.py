"""Checks files: each is read and parsed once, and every rule looks at it."""

from __future__ import annotations

import os
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from holdfast.check.finding import Finding, Span
from holdfast.check.module import Module
from holdfast.check.rules import Rule

START = Span(1, 1, 1, 1)
SKIPPED = {"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"}


def check_paths(paths: Iterable[Path], rules: Sequence[Rule]) -> Iterator[Finding]:
    """Check files, and folders with all that is in them. What cannot be read is a finding."""
    seen: set[Path] = set()
    for path in paths:
        for found in python_files(path):
            if isinstance(found, Finding):
                yield found
            elif found not in seen:
                seen.add(found)
                yield from check_file(found, rules)


def python_files(path: Path) -> Iterator[Path | Finding]:
    """Give the Python files of a folder in order, or the one file that was named."""
    if not path.is_dir():
        yield path
        return
    errors: list[OSError] = []
    for folder, names, files in os.walk(path, onerror=errors.append):
        names[:] = sorted(one for one in names if one not in SKIPPED and not one.startswith("."))
        candidates = (Path(folder, one) for one in sorted(files) if one.endswith((".py", ".pyi")))
        yield from (one for one in candidates if one.is_file())
    yield from (unreadable(error.filename or str(path), error) for error in errors)


def check_file(path: Path, rules: Sequence[Rule]) -> list[Finding]:
    """Check one file."""
    filename = str(path)
    try:
        with tokenize.open(path) as file:
            text = file.read()
    except (OSError, ValueError, SyntaxError) as error:
        return [unreadable(filename, error)]
    return check_text(text, filename, rules)


def check_text(text: str, filename: str, rules: Sequence[Rule]) -> list[Finding]:
    """Check the text of one file."""
    try:
        module = Module(text)
        findings = [one for rule in rules for one in apply(rule, module, filename)]
    except SyntaxError as error:
        return [misspelt(filename, text, error)]
    except (RecursionError, MemoryError, ValueError) as error:
        return [unreadable(filename, error)]
    silenced = module.silenced()
    return sorted(one for one in findings if not is_silenced(one, silenced))


def apply(rule: Rule, module: Module, filename: str) -> Iterator[Finding]:
    """Let one rule look at one file."""
    for node, message in rule.find(module):
        span = module.span(node)
        line = module.lines[span.row - 1]
        yield Finding(filename, span, rule.code, rule.name, message, line, rule.help)


def is_silenced(finding: Finding, silenced: dict[int, set[str]]) -> bool:
    """Tell whether a `# noqa` on the finding's first or last line is meant for it."""
    for row in (finding.span.row, finding.span.end_row):
        codes = silenced.get(row)
        if codes is not None and (not codes or finding.code in codes):
            return True
    return False


def misspelt(filename: str, text: str, error: SyntaxError) -> Finding:
    """Report a file that is not Python."""
    row, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    lines = text.split("\n")
    line = lines[row - 1] if row <= len(lines) else ""
    span = Span(row, column, row, column + 1)
    return Finding(filename, span, "WSK001", "syntax-error", f"Not Python: {error.msg}", line)


def unreadable(filename: str, error: Exception) -> Finding:
    """Report a file or folder that could not be read."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    message = f"Cannot read this: {reason or type(error).__name__}"
    return Finding(filename, START, "WSK002", "unreadable-file", message)
