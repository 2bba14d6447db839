"""`holdfast run` and `holdfast dev`, as processes: what they serve, pass on and say."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from holdfast import Deadlines
from holdfast.cli import config as at_start
from holdfast.cli.dev import DEFAULTS as DEV
from holdfast.cli.run import DEFAULTS as RUN
from holdfast.cli.run import uvicorn_context
from holdfast.testing import until_sync
from tests.deploy.conftest import need
from tests.deploy.proxies import Certificate
from tests.support.servers import ROOT, free_port

pytestmark = pytest.mark.servers

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))
PAGE = ROOT / "docs" / "run.md"
FAILURE = 3  # uvicorn's exit code where it does not start
OWN_LINK = "holdfast: own server (uvloop, direct writes), ping every 25 s, deflate off"

APP = """
from fastapi import FastAPI
from holdfast import Connection, Holdfast

print("imported", __name__)
app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(f"one {text}")


def create_app():
    return app
"""

# Where a framework would only cost time.
PLAIN = """
settings = {"no": "app"}


async def app(scope, receive, send):
    raise RuntimeError("nobody asks for anything")


def fails():
    raise ValueError("no database")
"""

# None of them has channels that two processes would have each for itself.
UNSHARED = {
    "nothing": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "streams": """
from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.stream("/ticks", every=1.0)
async def ticks() -> int:
    return 1
""",
    "a broker": APP.replace("Holdfast(app)", "Holdfast(app, backplane='redis://127.0.0.1:1')"),
}


class Running:
    """One of the two commands, serving."""

    def __init__(self, folder: Path, *arguments: str, files: int = 0, **environ: str) -> None:
        self.port = free_port()
        self.log = folder / f"{self.port}.log"
        command = [HOLDFAST, *arguments, "--port", str(self.port)]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environ},
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=limiting(files) if files else None,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.log.read_text()

    def says(self, words: str) -> None:
        """Wait for these words; its end, or 20 s, without them is a failure that shows the log."""
        until_sync(lambda: words in self.text or self.process.poll() is not None, 20)
        assert words in self.text

    def client(self) -> ClientConnection:
        return connect(f"ws://127.0.0.1:{self.port}/ws", close_timeout=1)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)

    def kill(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def limiting(files: int) -> Callable[[], None]:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))


Start = Callable[..., Running]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(APP)
    return tmp_path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(PLAIN)
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    started: list[Running] = []

    def begin(*arguments: str, **options: Any) -> Running:
        started.append(Running(folder, *arguments, **options))
        return started[-1]

    yield begin
    for each in started:
        each.kill()


def parsed(*arguments: str, defaults: Any = RUN) -> dict[str, Any]:
    """What uvicorn would be told."""
    ctx = click.Context(click.Command("run"), info_name="run")
    with uvicorn_context(ctx, ["main:app", *arguments], defaults) as context:
        return context.params


# -- serving ---------------------------------------------------------------------------------------


def test_it_serves_on_the_own_server_until_it_is_told_to_end(start: Start) -> None:
    server = start("run", "main:app")
    server.says("Uvicorn running on http://127.0.0.1")
    assert OWN_LINK in server.text
    with server.client() as client:
        client.send("hello")
        assert client.recv(10) == "one hello"
        status = server.end()
        with pytest.raises(ConnectionClosed):
            client.recv(10)
        assert client.close_code == 1012
    assert status == -signal.SIGTERM  # as uvicorn: it ends of the signal, once it is done
    assert server.text.count("imported main") == 1
    assert "Traceback" not in server.text


def test_ctrl_c_ends_it(start: Start) -> None:
    server = start("run", "main:app")
    server.says("Uvicorn running on")
    assert server.end(signal.SIGINT) == 0
    assert "Traceback" not in server.text


def test_on_a_unix_socket(start: Start, folder: Path) -> None:
    path = str(folder / "app.sock")
    server = start("run", "main:app", "--uds", path)
    server.says("Uvicorn running on unix socket")
    with socket.socket(socket.AF_UNIX) as plain:
        plain.connect(path)
        plain.sendall(b"GET /docs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert plain.recv(15) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    "environ", [{}, {"WEB_CONCURRENCY": "3"}, {"UVICORN_WORKERS": "3"}], ids=str
)
def test_several_workers_do_not_share_the_memory_backplane(
    start: Start, environ: dict[str, str]
) -> None:
    server = start("run", "main:app", *([] if environ else ["--workers", "3"]), **environ)
    assert server.process.wait(30) == FAILURE
    assert server.text.count("workers cannot share the memory backplane") == 1
    assert (
        "ERROR:    3 workers cannot share the memory backplane: each would have channels of its "
        "own, and a publication would reach the connections of one worker only. Share them "
        'through a broker, as in Holdfast(app, backplane="redis://localhost"), or run one worker: '
        "--workers 1, and no WEB_CONCURRENCY or UVICORN_WORKERS\n"
    ) in server.text
    assert "startup complete" not in server.text


@pytest.mark.parametrize("kept", ["nothing", "streams", "a broker"])
def test_several_workers_serve_what_they_need_not_share(
    start: Start, folder: Path, kept: str
) -> None:
    (folder / "main.py").write_text(UNSHARED[kept])
    server = start("run", "main:app", "--workers", "2")
    until_sync(lambda: server.text.count("startup complete") == 2, 30)
    assert server.end() == 0


def test_an_app_that_fails_ends_its_workers_for_good(start: Start, folder: Path) -> None:
    (folder / "main.py").write_text("raise ValueError('no database')")
    server = start("run", "main:app", "--workers", "2")
    assert server.process.wait(20) == 0  # the supervisor's, which uvicorn leaves so
    assert "ValueError: no database" in server.text


# -- options ---------------------------------------------------------------------------------------


def test_the_defaults() -> None:
    found, own = parsed(), {**parsed(defaults={}), **RUN}
    assert found == own
    assert parsed(defaults=DEV) == {
        **own,
        "reload": True,
        "host": "127.0.0.1",
        "timeout_graceful_shutdown": 1,
    }


def test_the_page_says_the_same() -> None:
    text = PAGE.read_text()
    said = re.search(r"^uvicorn main:app ((?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert said
    words = said[1].replace("\\\n", " ").split()
    assert parsed(*words, defaults={}) == parsed()
    rows = dict(re.findall(r"^\| `--([\w-]+)` \| `?([^|`]+?)`? \|", text, re.MULTILINE))
    shown = {name.replace("-", "_"): value for name, value in rows.items()}
    assert shown == {name: str(value).removesuffix(".0") for name, value in RUN.items()} | {
        "ws_per_message_deflate": "false"
    }


def test_the_page_leads_to_pages_that_are_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGE.read_text()):
        name, _, anchor = target.partition("#")
        page = PAGE.parent / name if name else PAGE
        heads = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
        assert not anchor or anchor in {head.lower().replace(" ", "-") for head in heads}


def test_every_option_of_the_defaults_is_one_of_uvicorns() -> None:
    assert set(DEV) <= {one.name for one in uvicorn.main.params}


def test_the_graceful_end_keeps_what_handlers_are_promised() -> None:
    deadlines = Deadlines()
    promised = deadlines.grace + 2 * deadlines.cleanup_timeout
    assert promised < RUN["timeout_graceful_shutdown"] < 30  # Kubernetes' default


def test_what_is_given_wins_over_the_environment_and_that_over_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("UVICORN_WS_PING_INTERVAL", "7")
    assert parsed()["ws_ping_interval"] == 7
    assert parsed("--ws-ping-interval", "9")["ws_ping_interval"] == 9
    assert parsed("--ws", "wsproto", "--backlog", "5")["backlog"] == 5


def test_options_go_before_the_app_too(start: Start) -> None:
    server = start("run", "--ws", "wsproto", "--ws-per-message-deflate", "true", "main:app")
    server.says("Uvicorn running on")
    assert "not the own server but wsproto (uvloop), ping every 25 s, deflate on" in server.text
    with server.client() as client:
        client.send("hello")
        assert client.recv(10) == "one hello"
        assert "permessage-deflate" in str(client.response and client.response.headers)


def test_nothing_is_said_below_the_level_asked_for(start: Start) -> None:
    server = start("run", "main:app", "--log-level", "warning")
    until_sync(lambda: opens(server.port))
    assert server.text == "imported main\n"


def opens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_what_is_missing_for_the_fastest_is_said(
    start: Start, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    start("run", "main:app", "--loop", "asyncio").says("own server (asyncio, direct writes), ping")
    need("openssl")
    pair = Certificate(tmp_path_factory.mktemp("certificate"))
    files = ("--ssl-certfile", str(pair.chain), "--ssl-keyfile", str(pair.key))
    start("run", "main:app", *files).says("own server (uvloop, TLS and so no direct writes), ping")
    (folder / "uvloop.py").write_text("raise ImportError")
    start("run", "main:app").says(
        "own server (asyncio, direct writes; faster with uvloop, which is not installed), ping"
    )


# -- developing ------------------------------------------------------------------------------------


def test_dev_serves_what_was_changed(start: Start, folder: Path) -> None:
    server = start("dev", "main:app", "--reload-delay", "0.05")
    server.says("Application startup complete")
    server.says("Uvicorn running on http://127.0.0.1")
    with server.client() as client:
        client.send("hello")
        assert client.recv(10) == "one hello"
        # Of another size: what is compiled would be taken for that of a file of the same second.
        (folder / "main.py").write_text(APP.replace("one {text}", "another {text}"))
        with pytest.raises(ConnectionClosed):
            client.recv(20)
        assert client.close_code == 1012
    with server.client() as client:
        client.send("hello")
        assert client.recv(10) == "another hello"
    assert server.text.count(OWN_LINK) == 2
    assert server.end() == 0


def test_dev_waits_for_a_mistake_to_be_mended(start: Start, folder: Path) -> None:
    (folder / "main.py").write_text("import nowhere_to_be_found")
    server = start("dev", "main:app", "--reload-delay", "0.05")
    server.says("main cannot be imported")
    server.says("No module named 'nowhere_to_be_found'")
    assert "importlib" not in server.text
    (folder / "main.py").write_text(APP)
    server.says("Application startup complete")


# -- sentences -------------------------------------------------------------------------------------


def refused(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run where it must fail: its exit code, and what it says."""
    result = subprocess.run(
        [HOLDFAST, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return result.returncode, result.stderr


SENTENCES = {
    "mian:app": "there is no module 'mian' in {folder} or among the installed ones: name the "
    "folder that holds it with --app-dir",
    "main:ap": "main:ap: main has no attribute 'ap'",
    "main": "'main' names no app: expected MODULE:ATTRIBUTE, as in main:app",
    "main.py:app": "main.py is a file: write its module, as in main:app",
    "main:settings": "main:settings is a dict, and no ASGI app",
    "main:app --ssl-certfile nowhere.pem": "TLS cannot start with nowhere.pem: [Errno 2] No such "
    "file or directory",
    "main:app --ws nonsense": "uvicorn cannot start with these options: ImportFromStringError: "
    'Import string "nonsense" must be in format "<module>:<attribute>".',
}


@pytest.mark.parametrize("arguments", SENTENCES)
def test_what_cannot_be_served_is_one_sentence(plain: Path, arguments: str) -> None:
    found = refused(plain, "run", *arguments.split(), "--port", "0")
    assert found == (FAILURE, f"ERROR:    {SENTENCES[arguments].format(folder=plain)}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Error: Missing argument 'APP'."),
        (("main:app", "--prot", "1"), "Error: No such option"),
        (("main:app", "--port", "many"), "Error: Invalid value for '--port'"),
    ],
)
def test_a_wrong_command_line_is_refused_by_uvicorn_in_our_name(
    plain: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    code, said = refused(plain, "run", *arguments)
    assert code == 2
    assert said.startswith("Usage: holdfast run [OPTIONS] APP\nTry 'holdfast run -")
    assert said.splitlines()[-1].startswith(sentence)


def test_a_log_that_cannot_be_had_is_a_wrong_command_line(plain: Path) -> None:
    (plain / "log.json").write_text('{"version": 7}')
    code, said = refused(plain, "run", "main:app", "--log-config", "log.json")
    assert code == 2
    assert said.splitlines()[-1] == (
        "Error: uvicorn cannot start with these options: ValueError: Unsupported version: 7"
    )


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (("main:app",), "ERROR:    main cannot be imported:"),
        (("main:fails", "--factory"), "ERROR:    main:fails() makes no app:"),
    ],
)
def test_what_the_app_raises_is_shown_without_the_frames_of_others(
    plain: Path, arguments: tuple[str, ...], first: str
) -> None:
    if "--factory" not in arguments:
        (plain / "main.py").write_text(f"{PLAIN}\n\nfails()\n")
    code, said = refused(plain, "run", *arguments, "--port", "0")
    assert code == FAILURE
    lines = said.splitlines()
    assert lines[0] == first
    assert lines[-1] == "ValueError: no database"
    assert {line.split('"')[1] for line in lines if "File" in line} == {str(plain / "main.py")}


def test_what_holdfast_refuses_is_shown_with_the_users_line_alone(folder: Path) -> None:
    url = "redis://:s3cret@localhost/x"
    (folder / "main.py").write_text(
        APP.replace("Holdfast(app)", f"Holdfast(app, backplane='{url}')")
    )
    code, said = refused(folder, "run", "main:app", "--port", "0")
    line = APP[: APP.index("hf =")].count("\n") + 1
    assert code == FAILURE
    *head, place, sentence = said.splitlines()
    assert head == ["ERROR:    main cannot be imported:", "", "Traceback (most recent call last):"]
    assert place == f'  File "{folder / "main.py"}", line {line}, in <module>'
    assert sentence.startswith(
        "holdfast.errors.ConfigurationError: backplane redis://localhost/x: 'x' is no number"
    )
    assert "s3cret" not in said


def test_a_factory_that_is_not_called_one_is_served_and_said(start: Start) -> None:
    server = start("run", "main:create_app")
    server.says("please consider setting the --factory flag explicitly")
    server.says("Uvicorn running on")


def test_a_busy_port_is_said_before_the_app_is_imported(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused(folder, "run", "main:app", "--port", str(port))
    assert code == FAILURE
    assert said == f"ERROR:    Port {port} on 127.0.0.1 is in use: choose another one with --port\n"


@pytest.mark.parametrize("name", ["run", "dev"])
def test_a_missing_uvicorn_is_one_sentence(name: str) -> None:
    code = "import sys; sys.modules['uvicorn'] = None; from holdfast.cli import main; "
    result = subprocess.run(
        [sys.executable, "-c", f"{code}main(prog_name='holdfast')", name, "main:app"],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == (
        f"Error: holdfast {name} needs uvicorn: install it with  pip install 'holdfast[server]'\n"
    )


# -- warnings --------------------------------------------------------------------------------------

FEW_FILES = "a process may open 1024 files here, and every connection is one: ulimit -n 65536"


def test_few_files_are_said_where_it_is_not_the_desk(start: Start) -> None:
    server = start("run", "main:app", files=1024)
    server.says("Uvicorn running on")
    assert f"WARNING:  holdfast: {FEW_FILES}" in server.text
    desk = start("dev", "main:app", files=1024)
    desk.says("Application startup complete")
    assert "may open 1024 files" not in desk.text


def test_a_bad_version_of_uvicorn_is_said(start: Start, folder: Path) -> None:
    """Its metadata is that of another version; what runs is the installed one."""
    metadata = folder / "uvicorn-0.51.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: uvicorn\nVersion: 0.51.0\n")
    environ = {"PYTHONPATH": str(folder)}
    for command in ("run", "dev"):
        server = start(command, "main:app", "--ws", "websockets-sansio", **environ)
        server.says("uvicorn 0.51.0 buffers without bound what a client does not take")
        assert "pip install 'uvicorn>=0.52.1' (HD101)" in server.text
    server = start("run", "main:app", **environ)
    server.says("Uvicorn running on")
    assert "HD101" not in server.text  # the own server is not concerned


def test_a_short_queue_of_the_kernel_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = uvicorn.Config("main:app", backlog=4096, log_config=None)
    setting = tmp_path / "somaxconn"
    monkeypatch.setattr(at_start, "SOMAXCONN", setting)
    for value, said in (("128\n", True), ("4096\n", False), ("", False)):
        setting.write_text(value)
        found = [one for one in at_start.warnings(config) if "somaxconn" in one]
        assert bool(found) is said
    setting.write_text("128")
    assert (
        "the kernel lets 128 new connections wait, and not --backlog 4096: "
        "sysctl net.core.somaxconn=4096"
    ) in list(at_start.warnings(config))


# -- the doctor ------------------------------------------------------------------------------------


def test_the_doctor_reads_the_command(folder: Path) -> None:
    command = (HOLDFAST, "run", "main:app", "--workers", "3")
    result = subprocess.run(
        [HOLDFAST, "doctor", "main:app", "--", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert result.returncode == 1
    assert "HD301 error: 3 workers with the memory backplane" in result.stdout


@pytest.mark.parametrize("command", [("demo",), ("run", "main:app", "--prot", "1")])
def test_the_doctor_starts_nothing_else(plain: Path, command: tuple[str, ...]) -> None:
    code, said = refused(plain, "doctor", "main:app", "--", "holdfast", *command)
    assert code == 2
    assert f"holdfast refuses the command 'holdfast {' '.join(command)}'" in said
