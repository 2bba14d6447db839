"""`holdfast doctor`, run for real on real apps."""

import fcntl
import json
import os
import resource
from pathlib import Path
from textwrap import indent

import pytest

from holdfast.cli.doctor import choose, parse_line
from holdfast.doctor.facts import Facts
from holdfast.doctor.finding import Finding, Severity
from holdfast.doctor.report import Examination, as_text, document
from tests.doctor.support import Run, doctor, doctors

pytestmark = [pytest.mark.newest, pytest.mark.timeout(180)]

CLEAN = """
from fastapi import FastAPI
from holdfast import Connection, Holdfast, Limits
app = FastAPI()
hf = Holdfast(app, limits=Limits(connections=100))
print("hello from the import")

@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None: ...
"""
TUTORIAL = """
from fastapi import FastAPI, WebSocket
app = FastAPI()

@app.websocket("/ws")
async def chat(websocket: WebSocket, token: str) -> None: ...
"""
HTTP = "from fastapi import FastAPI\napp = FastAPI()\n"
FINE = ("--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", "5")

RUNS = {
    "clean": ("clean:app", "--", "uvicorn", "clean:app", *FINE),
    "notes": ("clean:app", "--", "python", "-m", "uvicorn", "clean:app", "--workers=1"),
    "strict": ("clean:app", "--strict", "--", "uvicorn", "clean:app"),
    "tutorial": ("tutorial:app", "--server", "uvicorn"),
    "ignored": (
        *("tutorial:app", "--ignore", "HD207,hd401", "--ignore", "logged-secrets,HD303"),
        *("--", "uvicorn", "tutorial:app"),
    ),
    "json": ("clean:app", "--json", "--", "WEB_CONCURRENCY=2", "uvicorn", "clean:app", *FINE),
    "http": ("http_only:app", "--strict", "--", "granian", "--interface", "asgi", "http_only:app"),
    "hypercorn": ("clean:app", "--server", "hypercorn", "--", "-w", "2"),
    "made": ("made:create", "--", "uvicorn", "made:create", "--factory", "--app-dir=inner", *FINE),
    "raises": ("raises:app", "--server", "uvicorn"),
    "refused": ("clean:app", "--", "uvicorn", "clean:app", "--no-such-option"),
    "several": ("clean:app", "--json"),
    "misspelt": ("clean:app", "--ignore", "HD999"),
    "no server": ("clean:app", "--", "run", "my", "app"),
    "two servers": ("clean:app", "--server", "daphne", "--", "uvicorn", "clean:app"),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Run by whichever worker comes first: together they take 15 s of a CPU."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "doctor"
    folder.mkdir(exist_ok=True)
    done = folder / "runs.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            done.write_text(json.dumps(all_runs(folder)))
    return {name: Run(*run) for name, run in json.loads(done.read_text()).items()}


def all_runs(folder: Path) -> dict[str, Run]:
    apps = {"clean": CLEAN, "tutorial": TUTORIAL, "http_only": HTTP, "raises": "1 / 0"}
    for name, text in apps.items():
        (folder / f"{name}.py").write_text(text)
    (folder / "inner").mkdir()
    (folder / "inner" / "made.py").write_text(
        f"def create():\n{indent(HTTP, '    ')}    return app\n"
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))  # for the processes
    try:
        return dict(zip(RUNS, doctors(folder, list(RUNS.values())), strict=True))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def found(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if line.startswith("HD")]


def test_a_clean_app_is_clean(runs: dict[str, Run]) -> None:
    run = runs["clean"]
    assert run.code == 0
    assert run.out.startswith("Nothing to complain of in clean:app on uvicorn ")
    assert "hello from the import" in run.err


def test_notes_do_not_fail_a_build_but_strict_does(runs: dict[str, Run]) -> None:
    assert "HD206 note: " in runs["strict"].out
    assert (runs["strict"].code, runs["tutorial"].code) == (1, 1)
    assert found(runs["notes"].out) == found(runs["strict"].out)
    assert runs["notes"].code == 0


def test_an_app_without_holdfast(runs: dict[str, Run]) -> None:
    run = runs["tutorial"]
    assert run.code == 1
    expected = ["HD207", "HD303", "HD401", "HD506", "HD204", "HD206", "HD502"]
    assert found(run.out) == expected
    last = run.out.splitlines()[-1]
    assert last.startswith("4 warnings and 3 notes in tutorial:app on uvicorn ")
    assert "\x1b" not in run.out  # no colours where there is no terminal
    assert max(len(line) for line in run.out.splitlines()) <= 100


def test_findings_can_be_left_out(runs: dict[str, Run]) -> None:
    assert found(runs["ignored"].out) == ["HD204", "HD206", "HD502"]
    assert runs["ignored"].code == 0


def test_an_app_of_plain_http_has_nothing_to_fear(runs: dict[str, Run]) -> None:
    assert (runs["http"].code, found(runs["http"].out)) == (0, [])


def test_the_commands_own_folder_and_factory_are_taken(runs: dict[str, Run]) -> None:
    assert runs["made"].code == 0
    assert runs["made"].out.startswith("Nothing to complain of in made:create on uvicorn ")


def test_options_of_a_named_server(runs: dict[str, Run]) -> None:
    assert found(runs["hypercorn"].out) == ["HD301", "HD201", "HD206"]


def test_the_json_keeps_its_form(runs: dict[str, Run]) -> None:
    run = runs["json"]
    assert run.code == 1
    data = json.loads(run.out)
    installed, server, finding = data.pop("installed"), data.pop("server"), data["findings"][0]
    assert data == {
        "format": 1,
        "app": "clean:app",
        "routes": [{"path": "/ws", "handler": "clean.chat", "kind": "handler"}],
        "findings": data["findings"],
        "summary": {"errors": 1, "warnings": 0, "notes": 0},
    }
    assert {"fastapi", "uvicorn", "msgspec"} <= set(installed)
    assert server == {
        "name": "uvicorn",
        "version": installed["uvicorn"],
        "engine": "uvicorn",
        "engine_version": installed["uvicorn"],
        "protocol": "websockets-sansio",
        "workers": 2,
    }
    assert (finding.pop("id"), finding.pop("severity")) == ("HD301", "error")
    assert finding.pop("name") == "split-channels"
    assert all(isinstance(finding.pop(field), str) for field in ("message", "why", "fix"))
    assert finding == {}


def test_of_several_servers_uvicorn_is_looked_at_and_that_is_said(runs: dict[str, Run]) -> None:
    run = runs["several"]
    assert json.loads(run.out)["server"]["name"] == "uvicorn"
    assert run.err.startswith("Looking at uvicorn; hypercorn, granian, daphne installed, too")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("raises", "ZeroDivisionError: division by zero"),
        ("refused", "No such option"),
        ("misspelt", "--ignore HD999: no finding has this id or name"),
        ("no server", "no server in 'run my app': expected one of uvicorn, hypercorn"),
        ("two servers", "--server daphne, and the command runs uvicorn"),
    ],
)
def test_it_could_not_look(runs: dict[str, Run], name: str, sentence: str) -> None:
    run = runs[name]
    assert (run.code, run.out) == (2, "")
    assert sentence in run.err
    assert "holdfast/cli" not in run.err


def test_help_says_how_to_give_a_command_and_loads_no_framework(tmp_path: Path) -> None:
    run = doctor(tmp_path, "--help", PYTHONPROFILEIMPORTTIME="1")
    assert run.code == 0
    assert "holdfast doctor main:app -- uvicorn main:app --workers 4" in run.out
    loaded = {line.rpartition("|")[2].strip() for line in run.err.splitlines()}
    assert {"click", "subprocess"} <= loaded
    assert not loaded & {"fastapi", "starlette", "pydantic", "msgspec", "asyncio"}


# --- without processes


def test_the_server_in_a_command_line() -> None:
    words = ["A=1", "B=x y", "uv", "run", "/venv/bin/uvicorn", "main:app", "--workers", "2"]
    line = parse_line("main:app", words, None)
    assert line is not None
    assert (line.environment, line.command) == ({"A": "1", "B": "x y"}, "uvicorn")
    assert line.arguments == ("main:app", "--workers", "2")
    assert parse_line("main:app", [], None) is None
    line = parse_line("main:app", ["fastapi", "run"], "uvicorn")
    assert line is not None
    assert (line.command, line.server) == ("fastapi", "uvicorn")


def test_which_server_where_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def chosen(*installed: str) -> str | None:
        line = choose("main:app", installed)
        return line and line.command

    assert chosen("hypercorn", "fastapi") == "hypercorn"
    assert chosen("granian", "uvicorn") == "uvicorn"
    assert chosen("fastapi") is None
    with pytest.raises(Exception, match="hypercorn and daphne are installed: choose one"):
        chosen("daphne", "hypercorn")
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "Looking at uvicorn; granian installed, too: choose with --server",
        "No server is installed here, so nothing is said about one.",
    ]


def examination(*severities: Severity) -> Examination:
    findings = [Finding("HD1", "a-name", one, "message", "reason", "cure") for one in severities]
    return Examination("main:app", Facts(), findings)


def test_what_fails_a_build() -> None:
    note, warning, error = examination(Severity.NOTE), Severity.WARNING, Severity.ERROR
    assert (note.fails(strict=False), note.fails(strict=True)) == (False, True)
    assert examination(warning).fails(strict=False)
    assert examination(error, Severity.NOTE).fails(strict=False)
    assert not examination().fails(strict=True)


def test_the_text_is_painted_by_who_shows_it() -> None:
    text = as_text(examination(Severity.ERROR), lambda text, severity: f"<{severity} {text}>")
    assert text == (
        "<error HD1 error>: message\n  why: reason\n  fix: cure\n\n1 error in main:app."
    )


def test_without_a_server_the_json_says_null() -> None:
    assert document(examination())["server"] is None
