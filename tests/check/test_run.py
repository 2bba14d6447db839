from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.check import FORMATS, RULES, UnknownCode, check_paths, explain, render, select
from holdfast.check.run import check_text

WRONG = """\
from fastapi import FastAPI, WebSocket
app = FastAPI()
@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    x = "é"; ws.send_text("hi")
"""
LAST = 'x = "é"; ws.send_text("hi")'


def holdfast_check(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    code = "from holdfast.cli import main; main(prog_name='holdfast')"
    return subprocess.run(
        [sys.executable, "-c", code, "check", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "right.py").write_text(WRONG.replace("ws.send_text", "await ws.send_text"))
    return tmp_path


def silence(comment: str) -> str:
    return WRONG.replace(LAST, f"{LAST}  {comment}")


@pytest.mark.parametrize(
    "comment",
    ["# noqa", "# NOQA: WSK101", "# noqa: E501, WSK101", "# noqa:WSK101  because", "# x # noqa"],
)
def test_a_noqa_silences_its_line(comment: str) -> None:
    assert check_text(silence(comment), "x.py", RULES) == []


@pytest.mark.parametrize(
    "comment", ["# noqa: WSK103", "# noqa: E501", "# noqa: because", "# noqua", "; y = '# noqa'"]
)
def test_another_comment_does_not(comment: str) -> None:
    assert len(check_text(silence(comment), "x.py", RULES)) == 1


def test_a_noqa_may_stand_at_the_end_of_a_long_call() -> None:
    text = WRONG.replace(LAST, 'ws.send_text(\n        "hi"\n    )  # noqa: WSK101')
    assert check_text(text, "x.py", RULES) == []


def test_columns_count_characters() -> None:
    (finding,) = check_text(WRONG, "x.py", RULES)
    assert (finding.span.row, finding.span.column) == (6, 14)
    assert (
        finding.line[finding.span.column - 1 : finding.span.end_column - 1] == 'ws.send_text("hi")'
    )


def test_the_full_report_points_at_the_place() -> None:
    report = render(check_text(WRONG, "app.py", RULES), "full")
    assert (
        report
        == """\
WSK101 missing-await: `ws.send_text()` is never awaited, so it does nothing
 --> app.py:6:14
  |
6 |     x = "é"; ws.send_text("hi")
  |              ^^^^^^^^^^^^^^^^^^
  = help: Add `await`

Found 1 mistake."""
    )


def test_the_concise_report_has_a_line_each() -> None:
    report = render(check_text(WRONG, "app.py", RULES), "concise")
    assert report.splitlines()[0].startswith("app.py:6:14: WSK101 missing-await: ")


def test_the_json_report_has_the_fields_of_ruff_and_a_name() -> None:
    (entry,) = json.loads(render(check_text(WRONG, "app.py", RULES), "json"))
    assert entry == {
        "cell": None,
        "code": "WSK101",
        "end_location": {"column": 32, "row": 6},
        "filename": os.path.abspath("app.py"),
        "fix": None,
        "location": {"column": 14, "row": 6},
        "message": "`ws.send_text()` is never awaited, so it does nothing",
        "name": "missing-await",
        "noqa_row": 6,
        "severity": "error",
        "url": None,
    }


def test_every_format_can_show_nothing() -> None:
    assert json.loads(render([], "json")) == []
    assert {render([], form) for form in FORMATS if form != "json"} == {"All checks passed."}


def codes(wanted: list[str], ignored: list[str]) -> list[str]:
    return [rule.code for rule in select(wanted, ignored)]


def test_the_longest_prefix_decides() -> None:
    everything = [rule.code for rule in RULES]
    assert codes(["ALL"], []) == codes(["WSK"], []) == everything
    assert codes(["wsk1"], []) == ["WSK101", "WSK103", "WSK104"]
    assert codes(["WSK1"], ["WSK103"]) == ["WSK101", "WSK104"]
    assert codes(["WSK103"], ["WSK1"]) == ["WSK103"]
    assert codes(["ALL"], ["ALL"]) == []
    with pytest.raises(UnknownCode, match="WSK9"):
        select(["WSK9"])


def test_every_rule_explains_itself() -> None:
    for rule in RULES:
        assert explain(rule.code) == explain(rule.name)
        assert rule.help in explain(rule.code)
    with pytest.raises(UnknownCode):
        explain("WSK999")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"def f(:\n", "WSK001"),
        (b"def f():\n", "WSK001"),
        (b"x = 1\n  y = 2\n", "WSK001"),
        (b"x = '\xff'\n", "WSK002"),
        (b"# coding: no-such-code\n", "WSK002"),
        # How these two fail differs from one Python to the next.
        (b"x = '\0'\n", "WSK00[12]"),
        (b"x = " + b"-" * 100_000 + b"1\n", "WSK00[12]"),
    ],
    ids=["syntax", "end", "indent", "bytes", "coding", "null", "depth"],
)
def test_what_is_not_python_is_a_finding(content: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_bytes(content)
    (finding,) = check_paths([tmp_path], RULES)
    assert re.fullmatch(code, finding.code)
    assert finding.message
    assert all(render([finding], form) for form in FORMATS)


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbfx = 1\r\n", b"x = 1\x0c\ny = 2", b"'\\d'\n"]
)
def test_what_is_python_is_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_bytes(content)
    assert list(check_paths([tmp_path], RULES)) == []


def test_folders_are_searched_but_not_those_of_others(project: Path) -> None:
    for name in (".venv", "node_modules", "__pycache__", "package"):
        (project / name).mkdir()
        (project / name / "wrong.py").write_text(WRONG)
    (project / "wrong.txt").write_text(WRONG)
    found = [Path(one.filename) for one in check_paths([project, project], RULES)]
    assert found == [project / "wrong.py", project / "package" / "wrong.py"]


def test_a_file_that_is_named_is_checked_whatever_it_is_called(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(WRONG)
    assert len(list(check_paths([script], RULES))) == 1


def test_the_exit_code_says_what_happened(project: Path) -> None:
    assert holdfast_check("right.py", cwd=project).returncode == 0
    assert holdfast_check(cwd=project).returncode == 1
    assert holdfast_check("--ignore", "WSK101,WSK3", cwd=project).returncode == 0
    assert holdfast_check("--select", "WSK1", cwd=project).returncode == 1
    assert holdfast_check("gone.py", cwd=project).returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [["--select", "NOPE"], ["--output-format", "xml"], ["--explain", "WSK999"], ["--nope"]],
)
def test_a_wrong_call_exits_with_2_and_says_why(arguments: list[str], project: Path) -> None:
    result = holdfast_check(*arguments, cwd=project)
    assert result.returncode == 2
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_gone_is_a_finding_and_the_rest_is_checked(project: Path) -> None:
    result = holdfast_check("gone.py", "wrong.py", "--output-format", "concise", cwd=project)
    first, second, _ = result.stdout.splitlines()
    assert first.startswith("gone.py:1:1: WSK002 unreadable-file: ")
    assert second.startswith("wrong.py:6:14: WSK101")


def test_explain_says_why_and_what_mends_it(tmp_path: Path) -> None:
    result = holdfast_check("--explain", "WSK306", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stdout.startswith("WSK306 broadcast-without-deadline\n\nA broadcast awaits")
    assert "Fix: " in result.stdout
