"""Checking files: alone, many at once, and from a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.check.code.project import Project
from holdfast.check.files.config import Resolver
from holdfast.check.files.fixing import apply_edits
from holdfast.check.files.parallel import Broken, Checker, shown
from holdfast.check.files.run import check_text
from holdfast.check.files.selection import explain
from holdfast.check.finding import Finding, Span
from holdfast.check.rules import RULES

pytestmark = pytest.mark.newest

WRONG = """\
from fastapi import WebSocket
async def greet(ws: WebSocket):
    x = "é"; ws.send_text("hi")
"""
FOUND = Finding(
    "x.py",
    Span(3, 14, 3, 32),
    "WSK101",
    "missing-await",
    "`ws.send_text()` is never awaited, so it does nothing",
    '    x = "é"; ws.send_text("hi")',
    "Add `await`",
)


def plain(finding: Finding) -> Finding:
    """Take the fix away, to compare."""
    return Finding(
        finding.filename, finding.span, finding.code, finding.name, finding.message, finding.line,
        finding.help, finding.severity,
    )  # fmt: skip


def missing_awaits(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.code == "WSK101"]


def test_a_text_is_checked(folder: Path) -> None:
    (found,) = missing_awaits(check_text(WRONG, "x.py"))
    assert plain(found) == FOUND
    # Columns count characters.
    span = found.span
    assert found.line[span.column - 1 : span.end_column - 1] == 'ws.send_text("hi")'
    assert found.fix is not None
    assert "await ws.send_text" in apply_edits(WRONG, found.fix.edits)


def test_a_text_is_checked_with_settings(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.holdfast.check]\nignore = ["WSK101"]\n')
    path = folder / "x.py"
    settings = Resolver().for_file(path)
    assert missing_awaits(check_text(WRONG, path, settings)) == []
    assert missing_awaits(check_text(WRONG.replace("hi", "hi  # noqa"), path)) != []


def test_a_project_knows_what_was_given_and_not_written(folder: Path) -> None:
    project = Project()
    path = folder / "x.py"
    path.write_text("")
    assert len(missing_awaits(check_text(WRONG, path, project=project))) == 1
    mended = WRONG.replace("ws.send", "await ws.send")
    assert missing_awaits(check_text(mended, path, project=project)) == []


def test_every_rule_explains_itself() -> None:
    for rule in RULES:
        assert explain(rule.code) == explain(rule.name)
        assert rule.help in explain(rule.code)


def write(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"x{number:03}.py" for number in range(count)]
    for path in paths:
        path.write_text(WRONG)
    return paths


def test_several_processes_find_the_same_in_the_same_order(folder: Path) -> None:
    paths = [*write(folder, 30), folder / "gone.py"]
    alone = [(one.filename, one.examined.seen) for one in Checker(jobs=1).check(paths)]
    together = [(one.filename, one.examined.seen) for one in Checker(jobs=2).check(paths)]
    assert together == alone
    assert [name for name, _ in alone] == [*(path.name for path in paths)]


def die(_path: Path) -> None:
    import os

    os._exit(3)


def test_a_process_that_dies_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from holdfast.check.files import parallel

    monkeypatch.setattr(parallel, "_work", die)
    with pytest.raises(Broken, match="ended unexpectedly"):
        list(Checker(jobs=2).check(write(folder, 4)))


def test_names_are_short(folder: Path) -> None:
    assert shown(Path("a/b.py")) == shown(folder / "a" / "b.py") == "a/b.py"
    assert shown(Path("/a/b.py")) == "/a/b.py"
    assert shown(Path("../x.py")) == "../x.py"
    assert shown(Path("../") / folder.name / "x.py") == "x.py"
