"""The command: how it is called, what it says, and how it ends."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from holdfast.cli import check_run
from holdfast.testing import until_sync
from tests.check.commands import HEAD, Command

REAL = """\
from fastapi import WebSocket
async def greet(ws: WebSocket):
    x = "é"; ws.send_text("hi")
"""
ONE = ["--select", "WSK101"]


def holdfast(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as users do."""
    code = "from holdfast.cli import main; main(prog_name='holdfast')"
    return subprocess.run(
        [sys.executable, "-c", code, "check", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_it_runs_as_a_command(folder: Path) -> None:
    (folder / "x.py").write_text(REAL)
    result = holdfast(*ONE, cwd=folder)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.startswith("WSK101 [*] missing-await (error): `ws.send_text()` is never")
    assert holdfast(*ONE, "--fix", "-q", cwd=folder).returncode == 0
    assert (folder / "x.py").read_text() == REAL.replace("ws.send", "await ws.send")


def test_it_needs_nothing_but_click(folder: Path) -> None:
    (folder / "x.py").write_text(REAL)
    code = """\
import sys
from holdfast.cli import main
try:
    main(["check", "--no-cache"])
except SystemExit:
    pass
print(*sorted({one.partition(".")[0] for one in sys.modules} - {*sys.stdlib_module_names}))
"""
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    loaded = {*result.stdout.splitlines()[-1].split()}
    assert not loaded & {"fastapi", "starlette", "pydantic", "msgspec", "uvicorn", "libcst"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["right.py"], 0),
        (["wrong.py", "right.py"], 1),
        (["gone.py"], 1),
        (["--exit-zero"], 0),
        (["-e"], 0),
        (["--ignore", "WSK1"], 0),
        (["--select", "WSK9"], 2),
    ],
)
def test_the_exit_code_says_what_happened(check: Command, arguments: list[str], code: int) -> None:
    Path("right.py").write_text(HEAD)
    Path("wrong.py").write_text(f"{HEAD}wrong\n")
    assert check(*arguments).code == code


def test_files_are_named_from_where_one_is(check: Command, folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    (folder / "a" / "x.py").write_text(f"{HEAD}wrong\n")
    (folder / "b" / "x.py").write_text(f"{HEAD}wrong\n")
    os.chdir("a")

    def named(*arguments: str | Path) -> list[str]:
        out = check("-q", "--output-format", "concise", *arguments).out
        return [line.partition(":")[0] for line in out.splitlines()]

    assert named() == named("x.py") == named("./x.py") == named(folder / "a") == ["x.py"]
    assert named("../a") == ["x.py"]
    assert named("../b") == ["../b/x.py"]
    assert named(folder / "b") == [str(folder / "b" / "x.py")]
    assert named(".", "../b") == ["x.py", "../b/x.py"]


# -- the standard input ----------------------------------------------------------------------------


def test_the_standard_input_is_checked(check: Command) -> None:
    text = f"{HEAD}wrong\n".encode()
    result = check("--output-format", "concise", "-", stdin=text)
    assert result.code == 1
    assert result.out.startswith("-:2:1: WSK180")
    named = check("--output-format", "concise", "--stdin-filename", "a/b.py", stdin=text)
    assert named.out.startswith("a/b.py:2:1: WSK180")
    assert check("-", stdin=b"").out == "All checks passed.\n"
    assert check("-", stdin=b"\xff").out.startswith("WSK002 unreadable-file")


def test_settings_of_its_name_are_read(check: Command, folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in" / "pyproject.toml").write_text(
        "[tool.holdfast.check]\n"
        'extend-exclude = ["out.py"]\nper-file-ignores = {"b.py" = ["WSK1"]}\n'
    )
    text = f"{HEAD}wrong; odd\n".encode()
    for name, codes in (
        ("a", ["WSK180", "WSK281"]),
        ("b", ["WSK281"]),
        ("out", ["WSK180", "WSK281"]),
    ):
        given = ("-", "--stdin-filename", f"in/{name}.py")
        assert [one["code"] for one in check.json(*given, stdin=text)] == codes
    assert check("--force-exclude", *given, stdin=text).code == 0
    assert check("--force-exclude", "--fix", *given, stdin=text).out == text.decode()
    assert check("--force-exclude", "--diff", *given, stdin=text).out == ""


# -- streams that are not there, and the end ------------------------------------------------------


def test_streams_may_be_closed(check: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("x.py").write_text(f"{HEAD}wrong\n")
    for name in ("stdout", "stderr"):
        with monkeypatch.context() as patch:
            patch.setattr(sys, name, None)
            assert check().code == 1
    monkeypatch.setattr(io, "TextIOWrapper", lambda *_: None)
    result = check("-")
    assert (result.code, result.err) == (2, "Error: there is no standard input\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is full")
@pytest.mark.parametrize("arguments", [[], ["--list-rules"], ["--diff"], ["--fix", "-"]])
def test_an_output_that_cannot_be_written_is_a_sentence(
    check: Command, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    Path("x.py").write_text(f"{HEAD}wrong\n")
    with monkeypatch.context() as patch, open("/dev/full", "w") as full:
        patch.setattr(sys, "stdout", full)
        result = check(*arguments, stdin=b"x")
        # What could not be written is tried once more when it is closed.
        with suppress(OSError):
            full.close()
    assert result.code == 2
    assert result.err.endswith("Error: the output cannot be written: No space left on device\n")


STALL = """
import signal, sys, time
from pathlib import Path

# Where the tests are started in the background of a shell, it is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

def work(path):
    Path(f"{path}.begun").touch()
    time.sleep(60)

if __name__ == "__main__":
    from holdfast.check.files import parallel
    from holdfast.cli import main
    import stall
    parallel._work = stall.work
    main(["check", "--no-cache", "-j", "2", "a.py", "b.py"])
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_processes_end_with_the_one_that_waits_for_them(folder: Path, how: int) -> None:
    (folder / "stall.py").write_text(STALL)
    for name in ("a.py", "b.py"):
        (folder / name).write_text("")
    process = subprocess.Popen(
        [sys.executable, "stall.py"], cwd=folder, stderr=subprocess.PIPE, start_new_session=True
    )
    until_sync(lambda: list(folder.glob("*.begun")))
    # Ctrl-C means all processes of a terminal.
    (os.killpg if how == signal.SIGINT else os.kill)(process.pid, how)
    # They have stderr, too, which ends when all of them have.
    _, said = process.communicate(timeout=20)
    if how == signal.SIGINT:
        assert (process.returncode, said) == (2, b"Error: stopped before all was done\n")


# -- rules -----------------------------------------------------------------------------------------


def test_explain_says_why_and_what_mends_it(real: Command) -> None:
    by_code, by_name = real("--explain", "WSK101"), real("--explain", "missing-await")
    assert by_code == by_name == real("--explain", "wsk101")
    assert by_code.code == 0
    assert by_code.out.startswith("WSK101 missing-await (error)\n\nA WebSocket method is called")
    assert by_code.out.endswith("\n\nFix: Add `await`. `--fix` does it.\n")
    assert real("--explain", "WSK001").out.startswith("WSK001 syntax-error (error)\n\n")


def test_rules_are_listed(check: Command) -> None:
    lines = check("--list-rules").out.splitlines()
    assert lines[0].startswith("WSK001     syntax-error")
    assert lines[2] == "WSK180 [*] fake-error       error    Fake."
    assert lines[3] == "WSK281 [?] fake-warning     warning  Fake."
    data = check("--list-rules", "--output-format", "json").data
    assert data[3] == {
        "code": "WSK281",
        "name": "fake-warning",
        "severity": "warning",
        "summary": "Fake.",
        "explanation": data[3]["explanation"],
        "help": "Ask",
        "fix": "unsafe",
        "url": "docs/checks/WSK281.md",
    }


def test_help_names_every_option(check: Command) -> None:
    shown = check("--help").out
    for option in (
        "select", "ignore", "extend-select", "per-file-ignores", "fix", "unsafe-fixes", "diff",
        "show-fixes", "exit-zero", "exit-non-zero-on-fix", "output-format", "output-file",
        "statistics", "add-noqa", "isolated", "config", "no-cache", "cache-dir", "exclude",
        "extend-per-file-ignores", "ignore-noqa", "fix-only", "fixable", "unfixable", "silent",
        "color", "show-files", "extend-exclude", "force-exclude", "stdin-filename", "explain",
        "jobs", "quiet", "list-rules", "respect-gitignore", "no-respect-gitignore",
    ):  # fmt: skip
        assert f"--{option}" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_files_are_listed(check: Command, folder: Path) -> None:
    (folder / "in").mkdir()
    for name in ("a.py", "in/b.pyi", "c.txt"):
        (folder / name).write_text("def broken(:\n")
    result = check("--show-files")
    assert (result.code, result.out.splitlines()) == (0, ["a.py", str(Path("in/b.pyi"))])
    assert check("--show-files", "--exclude", "*").out == ""


def test_nothing_but_the_exit_code_is_told(check: Command) -> None:
    Path("x.py").write_text(f"{HEAD}wrong\n")
    assert check("--silent") == (1, "", "")
    assert check("-s", "--fix") == (0, "", "")


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [
        ("NO_COLOR", "auto", False),
        ("NO_COLOR", "always", True),
        ("FORCE_COLOR", "auto", True),
        ("FORCE_COLOR", "never", False),
    ],
)
def test_colour_is_what_was_asked_for(
    check: Command,
    monkeypatch: pytest.MonkeyPatch,
    environment: str,
    option: str,
    coloured: bool,
) -> None:
    Path("x.py").write_text(f"{HEAD}wrong\n")
    monkeypatch.setenv(environment, "1")
    assert ("\x1b[" in check("--color", option).out) is coloured
    assert "\x1b[" not in check("--color", option, "--output-format", "json").out


# -- on a terminal ---------------------------------------------------------------------------------


def on_terminal(folder: Path, *arguments: str, piped: bool = False) -> tuple[str, str]:
    """Run the command with a terminal for stderr, and for stdout unless that is piped."""
    master, slave = pty.openpty()
    code = "from holdfast.cli import main; main(prog_name='holdfast')"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "check", "--no-cache", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if piped else slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(slave)
    seen = b""
    try:
        while chunk := os.read(master, 65536):
            seen += chunk
    except OSError:
        pass  # the other end is closed
    os.close(master)
    out = process.stdout.read() if process.stdout else b""
    process.wait(30)
    if process.stdout:
        process.stdout.close()
    return seen.decode(), out.decode()


def test_a_terminal_gets_colour_and_a_bar(folder: Path) -> None:
    for number in range(check_run.MANY):
        (folder / f"x{number}.py").write_text("x = 1\n")
    (folder / "wrong.py").write_text(REAL)
    seen, _ = on_terminal(folder, *ONE)
    assert "Checking" in seen
    assert "100%" in seen
    assert "\x1b[31m\x1b[1mWSK101\x1b[0m" in seen
    # Who pipes the findings to a program sees nothing of it.
    seen, out = on_terminal(folder, "--output-format", "json", *ONE, piped=True)
    assert seen == ""
    assert json.loads(out)[0]["code"] == "WSK101"


def test_a_stream_that_takes_no_such_character_is_no_error(folder: Path) -> None:
    (folder / "x.py").write_text(REAL)
    code = "from holdfast.cli import main; main(prog_name='holdfast')"
    result = subprocess.run(
        [sys.executable, "-c", code, "check", *ONE],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert (result.returncode, result.stderr) == (1, b"")
    assert rb'x = "\xe9"; ws.send_text("hi")' in result.stdout
