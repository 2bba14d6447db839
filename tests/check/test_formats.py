"""Each output format, field by field."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pytest

from holdfast.check.report import FORMATS
from tests.check.commands import HEAD, TEXT, Command

pytestmark = pytest.mark.newest

TEXTS = f"{HEAD}x = 'é'; wrong\nodd\nnote\n"


@pytest.fixture(autouse=True)
def file(folder: Path) -> Path:
    path = folder / "x.py"
    path.write_text(TEXTS)
    return path


def test_full_points_at_the_place(check: Command) -> None:
    assert (
        check().out
        == """\
WSK180 [*] fake-error (error): `wrong` is no good
 --> x.py:2:10
  |
2 | x = 'é'; wrong
  |          ^^^^^
  = help: Write right

WSK281 fake-warning (warning): `odd` is no good
 --> x.py:3:1
  |
3 | odd
  | ^^^
  = help: Ask

WSK282 fake-info (info): `note` is no good
 --> x.py:4:1
  |
4 | note
  | ^^^^
  = help: Read

Found 3 mistakes: 1 error, 1 warning, 1 info.
[*] 1 fixable with `--fix` (1 more with `--unsafe-fixes`).
"""
    )


@pytest.mark.parametrize(
    ("line", "under"),
    [
        ("if 1:\n\tx; wrong", "\t   ^^^^^"),
        ("'日本'; wrong", "        ^^^^^"),
        ("'e\u0301'; wrong", "     ^^^^^"),
        ("'\x1b[31m'; wrong", " " * 9 + "^^^^^"),
        ("wrong\x0c", "^^^^^"),
    ],
)
def test_carets_stand_under_the_place(check: Command, file: Path, line: str, under: str) -> None:
    file.write_text(f"{HEAD}{line}\n")
    result = check()
    assert under in [row.partition("| ")[2] for row in result.out.splitlines()]
    assert "\x1b" not in result.out


def test_concise_has_a_line_each(check: Command) -> None:
    assert check("--output-format", "concise").out.splitlines() == [
        "x.py:2:10: WSK180 [*] fake-error: `wrong` is no good",
        "x.py:3:1: WSK281 fake-warning: `odd` is no good",
        "x.py:4:1: WSK282 fake-info: `note` is no good",
        "Found 3 mistakes: 1 error, 1 warning, 1 info.",
        "[*] 1 fixable with `--fix` (1 more with `--unsafe-fixes`).",
    ]


def test_quiet_shows_findings_alone(check: Command) -> None:
    out = check("-q", "--output-format", "concise", "--select", "WSK180").out
    assert out == "x.py:2:10: WSK180 [*] fake-error: `wrong` is no good\n"
    assert check("-q", "--select", "WSK3").out == ""


def test_json_has_the_fields_of_ruff_and_a_name(check: Command) -> None:
    first, second, third = check.json()
    assert first == {
        "cell": None,
        "code": "WSK180",
        "end_location": {"column": 15, "row": 2},
        "filename": os.path.abspath("x.py"),
        "fix": {
            "applicability": "safe",
            "edits": [
                {
                    "content": "right",
                    "end_location": {"column": 15, "row": 2},
                    "location": {"column": 10, "row": 2},
                }
            ],
            "message": "Write right",
        },
        "location": {"column": 10, "row": 2},
        "message": "`wrong` is no good",
        "name": "fake-error",
        "noqa_row": 2,
        "severity": "error",
        "url": "docs/checks/WSK180.md",
    }
    assert second["fix"]["applicability"] == "unsafe"
    assert third["fix"] is None
    assert [one["severity"] for one in (second, third)] == ["warning", "info"]


def test_json_says_where_a_comment_has_its_place(check: Command, file: Path) -> None:
    file.write_text(f'{HEAD}wrong, """\n\n"""\n')
    assert [one["noqa_row"] for one in check.json()] == [4]


def test_github_has_a_command_each(check: Command, file: Path) -> None:
    file.rename("a,b%.py")
    path = os.path.abspath("a,b%.py").replace("%", "%25").replace(",", "%2C")
    first, second, third = check("--output-format", "github").out.splitlines()
    assert first == (
        f"::error title=holdfast (WSK180),file={path},line=2,col=10,endLine=2,endColumn=15::"
        "a,b%25.py:2:10: WSK180 fake-error: `wrong` is no good%0A  help: Write right"
    )
    assert second.startswith("::warning title=holdfast (WSK281),")
    assert third.startswith("::notice title=holdfast (WSK282),")


def test_gitlab_has_fingerprints_that_stay(
    check: Command, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = check("--output-format", "gitlab").data
    assert before[0] == {
        "check_name": "WSK180",
        "description": "WSK180 fake-error: `wrong` is no good",
        "fingerprint": before[0]["fingerprint"],
        "location": {
            "path": "x.py",
            "positions": {
                "begin": {"line": 2, "column": 10},
                "end": {"line": 2, "column": 15},
            },
        },
        "severity": "major",
    }
    assert [one["severity"] for one in before] == ["major", "minor", "info"]
    file.write_text(f"# more\n\n{TEXTS}odd\n")
    after = check("--output-format", "gitlab").data
    prints = [one["fingerprint"] for one in after]
    assert {one["fingerprint"] for one in before} < set(prints)
    assert len(set(prints)) == 4
    monkeypatch.setenv("CI_PROJECT_DIR", str(file.parent.parent))
    path = check("--output-format", "gitlab").data[0]["location"]["path"]
    assert path == f"{file.parent.name}/x.py"


def test_sarif_has_rules_places_and_fixes(check: Command, file: Path) -> None:
    file.rename("a b.py")
    log = check("--output-format", "sarif").data
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("holdfast", version("holdfast"))
    rule = driver["rules"][0]
    assert rule == {
        "id": "WSK180",
        "name": "fake-error",
        "shortDescription": {"text": "Fake."},
        "fullDescription": {"text": "Fake.\n\nSays nothing."},
        "help": {"text": "Write right.", "markdown": TEXT},
        "defaultConfiguration": {"level": "error"},
    }
    assert [one["level"] for one in run["results"]] == ["error", "warning", "note"]
    assert [one["ruleIndex"] for one in run["results"]] == [0, 1, 2]
    first = run["results"][0]
    artifact = {"uri": "a%20b.py", "uriBaseId": "%SRCROOT%"}
    region = {"startLine": 2, "startColumn": 10, "endLine": 2, "endColumn": 15}
    assert first["locations"] == [
        {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    ]
    replacement = {"deletedRegion": region, "insertedContent": {"text": "right"}}
    assert first["fixes"] == [
        {
            "description": {"text": "Write right"},
            "artifactChanges": [{"artifactLocation": artifact, "replacements": [replacement]}],
        }
    ]
    assert "fixes" not in run["results"][2]
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_sarif_names_what_is_elsewhere_in_full(
    check: Command, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file.parent / "inner").mkdir()
    monkeypatch.chdir(file.parent / "inner")
    (run,) = check("--output-format", "sarif", "..").data["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": file.as_uri()}


def test_junit_has_a_case_each(check: Command, file: Path) -> None:
    file.write_text(f"{TEXTS}'\x01\x0c'; wrong\n")
    top = ElementTree.fromstring(check("--output-format", "junit").out)
    assert top.attrib == {
        "name": "holdfast", "tests": "4", "failures": "4", "errors": "0", "skipped": "0",
    }  # fmt: skip
    (suite,) = top
    assert suite.attrib["name"] == os.path.abspath("x.py")
    case = suite[0]
    assert case.attrib["name"] == "holdfast.WSK180"
    assert (case.attrib["line"], case.attrib["column"]) == ("2", "10")
    failure = case.find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "`wrong` is no good"
    assert failure.text == "line 2, col 10, WSK180 fake-error: `wrong` is no good"


def test_every_format_can_show_nothing(check: Command) -> None:
    shown = {form: check("--select", "WSK3", "--output-format", form).out for form in FORMATS}
    assert shown.pop("full") == shown.pop("concise") == "All checks passed.\n"
    assert json.loads(shown.pop("json")) == json.loads(shown.pop("gitlab")) == []
    assert shown.pop("github") == ""
    assert json.loads(shown.pop("sarif"))["runs"][0]["results"] == []
    (suite,) = ElementTree.fromstring(shown.pop("junit"))
    assert [one.tag for one in suite[0]] == []
    assert not shown


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_goes_to_a_file(check: Command, form: str) -> None:
    shown = check("--output-format", form)
    result = check("--output-format", form, "--output-file", "reports/out.txt")
    assert (result.code, result.out, result.err) == (1, "", "")
    assert Path("reports/out.txt").read_text() == shown.out


def test_a_file_that_cannot_be_written_is_a_sentence(check: Command) -> None:
    result = check("--output-file", "x.py/out")
    assert result.code == 2
    assert result.err.startswith("Error: x.py/out cannot be written: ")


@pytest.mark.parametrize("form", ["full", "concise"])
def test_statistics_count_by_rule(check: Command, file: Path, form: str) -> None:
    file.write_text(f"{TEXTS}odd; odd\n")
    assert check("--statistics", "--output-format", form).out.splitlines() == [
        "3  WSK281  [ ] fake-warning",
        "1  WSK180  [*] fake-error",
        "1  WSK282  [ ] fake-info",
        "Found 5 mistakes: 1 error, 3 warnings, 1 info.",
        "[*] 1 fixable with `--fix` (3 more with `--unsafe-fixes`).",
    ]


def test_statistics_as_json(check: Command) -> None:
    first = check("--statistics", "--output-format", "json").data[0]
    assert first == {
        "code": "WSK180", "name": "fake-error", "count": 1, "fixable": True, "fixable_count": 1,
    }  # fmt: skip


def test_colour_is_for_terminals_and_who_asks_for_it(
    check: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in check().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = check().out
    assert "\x1b[31m\x1b[1mWSK180\x1b[0m" in out
    assert "\x1b[33m\x1b[1mWSK281\x1b[0m" in out
    assert "\x1b[32m+x = 'é'; right\x1b[0m" in check("--diff").out
    assert "\x1b" not in check("--output-format", "json").out
    check("--output-file", "out.txt")
    assert "\x1b" not in Path("out.txt").read_text()
    monkeypatch.setenv("FORCE_COLOR", "")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in check().out
