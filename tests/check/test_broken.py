"""Files that are no Python, no files, or worse: a finding or a sentence, never a traceback."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pytest

from holdfast.check.files.run import check_text
from holdfast.check.report import FORMATS
from tests.check.commands import HEAD, Command

pytestmark = pytest.mark.newest

CONCERN = HEAD.encode()
UNREADABLE, SYNTAX = "WSK002", "WSK001"
# Which Python does not take it: a newer one may.
NOT = f"Not Python {sys.version_info.major}.{sys.version_info.minor}: "

BROKEN = {
    "syntax": (b"def f(:\n", SYNTAX, f"{NOT}"),
    "unfinished": (b"def f():\n", SYNTAX, f"{NOT}"),
    "indent": (b"x = 1\n  y = 2\n", SYNTAX, f"{NOT}unexpected indent"),
    "tabs": (b"if 1:\n\tx\n        y\n", SYNTAX, f"{NOT}inconsistent use of tabs"),
    "brackets": (b"x = " + b"(" * 5000 + b")" * 5000, SYNTAX, "too many nested parentheses"),
    "null": (b"x = 1\ny = '\0'\n", SYNTAX, f"{NOT}there is a null byte"),
    "null-bytes": (b"\0" * 1000, SYNTAX, f"{NOT}there is a null byte"),
    "merge": (b"<<<<<<< ours\nx\n=======\n", SYNTAX, f"{NOT}"),
    "latin-1": (b"x = 1\ny = '\xe9'\n", UNREADABLE, "0xe9 in line 2 is not utf-8; a file"),
    "cookie-lies": (b"# coding: ascii\ny = '\xe9'\n", UNREADABLE, "0xe9 in line 2 is not ascii"),
    "cookie-unknown": (b"# coding: no-such\n", UNREADABLE, "unknown encoding: no-such"),
    "cookie-no-text": (b"# coding: hex\n61\n", UNREADABLE, "'hex' is not a text encoding"),
    "cookie-mark": (b"\xef\xbb\xbf# coding: latin-1\n", UNREADABLE, "byte order mark says UTF-8"),
    "utf-16": ("x = 1\n".encode("utf-16"), UNREADABLE, "it is UTF-16, which Python does not read"),
    "utf-32": ("x = 1\n".encode("utf-32"), UNREADABLE, "it is UTF-32, which Python does not read"),
    # How this fails differs from one Python to the next.
    "minus": (b"x = " + b"-" * 100_000 + b"1\n", "WSK00[12]", ""),
    "calls": (CONCERN + b"x = a" + b".b()" * 20_000, UNREADABLE, "it is nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("concern", [b"", CONCERN])
def test_what_is_not_python_is_a_finding(check: Command, name: str, concern: bytes) -> None:
    content, code, says = BROKEN[name]
    first = name.startswith(("utf", "cookie"))
    Path("x.py").write_bytes(content + concern if first else concern + content)
    if name.startswith("utf"):
        Path("x.py").write_bytes(content)
    (found,) = check.json()
    assert re.fullmatch(code, found["code"])
    if not concern:
        assert says in found["message"]
    for form in FORMATS:
        result = check("--output-format", form)
        assert (result.code, result.err) == (1, "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbfimport websocket; wrong\r\n",
        "# coding: latin-1\nwrong; websocket = 'é'\n".encode("latin-1"),
        "# vim: set fileencoding=cp1252 :\nwrong; websocket = '€'\n".encode("cp1252"),
        b"import websocket\rwrong\r",
        b"import websocket\r\nwrong\n",
        b"import websocket\n\x0c\nwrong\x0c\n",
        b"import websocket\nif 1:\n\twrong\n",
        b"import websocket\nx = '\\d'; wrong",
        b"import websocket\nwrong\n" + b"\n" * 50_000,
        "websocket = '\U0001f600'; wrong\n".encode(),
        b"import websocket\nx = '\\ud800'; wrong\n",
        b"import websocket; wrong \\\n + 1\n",
    ],
)
def test_what_is_python_is_none(check: Command, content: bytes) -> None:
    path = Path("x.py")
    path.write_bytes(content)
    found = check.json()
    assert [one["code"] for one in found] == ["WSK180"] * (b"wrong" in content)
    for form in FORMATS:
        assert check("--output-format", form).code == len(found)


def test_the_place_of_a_mistake_is_in_the_file(check: Command) -> None:
    Path("x.py").write_bytes("x = 1\r\ny = 'é' 2 +\r\n".encode())
    (found,) = check.json()
    assert found["location"]["row"] == 2
    assert found["url"] is None
    assert check("--output-format", "full").out.count("y = 'é' 2 +") == 1


def test_a_syntax_error_is_said_whatever_is_selected(check: Command) -> None:
    Path("x.py").write_text("def f(:\n")
    assert check.found("--select", "WSK2") == [SYNTAX]
    assert check.found("--select", "WSK2", "--ignore", "WSK0") == []
    assert check("--ignore", "syntax-error").code == 0


# -- what is no file -------------------------------------------------------------------------------


def test_what_is_no_file_is_a_finding_and_the_rest_is_checked(check: Command, folder: Path) -> None:
    (folder / "x.py").write_text(f"{HEAD}wrong\n")
    (folder / "loop.py").symlink_to("loop.py")
    os.mkfifo(folder / "pipe.py")
    names = ["gone.py", "loop.py", "pipe.py", "/dev/null", "x.py/y.py", "a\nb.py", "x.py"]
    found = check.json(*names)
    assert [one["code"] for one in found] == [UNREADABLE] * 6 + ["WSK180"]
    assert [one["message"].partition(": ")[2] for one in found[:5]] == [
        "No such file or directory",
        "Too many levels of symbolic links",
        "it is no regular file",
        "it is no regular file",
        "Not a directory",
    ]
    assert "\n --> a␊b.py:1:1\n" in check("a\nb.py").out


def test_within_folders_only_files_count(check: Command, folder: Path) -> None:
    (folder / "folder.py").mkdir()
    (folder / "folder.py" / "x.py").write_text(f"{HEAD}wrong\n")
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "gone.py").symlink_to("nowhere")
    (folder / "circle").symlink_to(".")
    (folder / "link.py").symlink_to("folder.py/x.py")
    os.mkfifo(folder / "pipe.py")
    os.mkfifo(folder / "pyproject.toml")
    names = [Path(one["filename"]).relative_to(folder).as_posix() for one in check.json()]
    assert names == ["link.py", "folder.py/x.py"]
    assert len(check.json("circle", "folder.py")) == 3


def test_what_may_not_be_read_is_a_finding(
    check: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "x.py").write_text(f"{HEAD}wrong\n")
    (folder / "inner").mkdir()
    read, scan = Path.read_bytes, os.scandir

    # Who runs tests as root may read everything.
    def may_not_read(path: Path) -> bytes:
        if path.name == "x.py":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    def may_not_list(path: str) -> object:
        if str(path).endswith("inner"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(Path, "read_bytes", may_not_read)
    monkeypatch.setattr(os, "scandir", may_not_list)
    assert [(Path(one["filename"]).name, one["message"]) for one in check.json()] == [
        ("x.py", "Cannot read this: Permission denied"),
        ("inner", "Cannot read this: Permission denied"),
    ]


def test_a_folder_that_may_not_be_entered_has_no_settings(
    check: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "x.py").write_text(f"{HEAD}wrong\n")
    stat = os.stat

    def may_not_enter(path: str | Path, **more: object) -> object:
        if Path(path).parent.name == "inner":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", may_not_enter)
    for arguments in ([], ["inner/x.py"]):
        (found,) = check.json(*arguments)
        assert found["message"] == "Cannot read this: Permission denied"


def test_what_cannot_be_looked_at_is_told_where_nothing_else_is(check: Command) -> None:
    Path("x.py").write_text("def broken(:\n")
    for option in ("--diff", "--add-noqa"):
        result = check("-q", option, "x.py", "gone.py")
        assert (result.code, result.out) == (1, "")
        told = [line.split(" ")[1] for line in result.err.splitlines() if "WSK" in line]
        assert told == ["WSK001", "WSK002"]


def test_a_current_folder_that_is_gone_is_a_sentence(check: Command, folder: Path) -> None:
    (folder / "gone").mkdir()
    os.chdir(folder / "gone")
    (folder / "gone").rmdir()
    result = check()
    assert (result.code, result.err) == (2, "Error: the current folder is not there any more\n")


def test_a_file_that_vanishes_is_a_finding(check: Command, folder: Path) -> None:
    from holdfast.check.files import discovery

    (folder / "x.py").write_text(f"{HEAD}wrong\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discovery, "_is_file", lambda _path: True)
        (folder / "gone.py").symlink_to("nowhere")
        assert check.found() == [UNREADABLE, "WSK180"]


# -- our own mistakes ------------------------------------------------------------------------------


def test_a_rule_that_breaks_is_a_sentence_and_the_others_go_on(check: Command) -> None:
    Path("x.py").write_text(f"{HEAD}wrong; broken; note\n")
    result = check("--output-format", "json")
    assert result.code == 2
    assert result.codes == ["WSK180", "WSK282"]
    (line,) = result.err.splitlines()
    assert line.startswith("Error: WSK383 fake-failure failed on x.py (ValueError: I am broken). ")
    assert "please report it" in line
    # It is not remembered, and says nothing where it is not wanted.
    assert check().code == 2
    assert check("--ignore", "WSK3").code == 1
    run = check("--output-format", "sarif").data["runs"][0]["invocations"][0]
    assert run["executionSuccessful"] is False
    assert "fake-failure" not in check("--add-noqa", "--ignore", "WSK383").err


def test_a_rule_that_recurses_is_a_finding(check: Command) -> None:
    Path("x.py").write_text(f"{HEAD}wrong; deep\n")
    found = check.json()
    assert [one["code"] for one in found] == [UNREADABLE, "WSK180"]
    assert "nested too deeply" in found[0]["message"]


def test_what_is_around_rules_may_break_too(
    check: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from holdfast.check.files import run

    def fail(_text: str) -> bool:
        raise KeyError("x")

    monkeypatch.setattr(run, "concerns", fail)
    Path("x.py").write_text(HEAD)
    result = check()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Error: The checker failed on x.py (KeyError: 'x'). ")


# -- large ones ------------------------------------------------------------------------------------


def test_a_file_of_50000_lines_is_checked(check: Command) -> None:
    Path("x.py").write_text(HEAD + "x = 1  # a comment\n" * 50_000 + "wrong\n")
    begin = time.monotonic()
    (found,) = check.json("--no-cache")
    assert found["location"]["row"] == 50_002
    assert time.monotonic() - begin < 20


def test_a_very_long_line_is_cut(check: Command) -> None:
    Path("x.py").write_text(f"{HEAD}x = '{'a' * 100_000}'; wrong; y = '{'b' * 100_000}'\n")
    out = check().out
    assert len(out) < 1000
    assert re.search(r"…a+'; wrong; y = 'b+…\n +\| +\^{5}\n", out)


def test_text_never_raises() -> None:
    for content, _, _ in BROKEN.values():
        text = content.decode("latin-1")
        assert {one.code for one in check_text(text, "x.py")} <= {SYNTAX, UNREADABLE}
    for text in ("\ud800 websocket", "\ud800", "\0", "x = '\ud800'  # websocket"):
        (found,) = check_text(text, "x.py")
        assert found.message
    assert check_text(f"{HEAD}x = 1\n", "x.py") == []
