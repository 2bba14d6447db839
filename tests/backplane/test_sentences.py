"""What is said of a broker that cannot be used: one clear sentence, at the start, no traceback."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from holdfast import ConfigurationError, Holdfast
from tests.support.redis import RedisServer, Settings
from tests.support.servers import ROOT, free_port

pytestmark = [pytest.mark.newest, pytest.mark.timeout(60)]

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))
PASSWORD = "s3cret-of-the-test"

APP = """
import os
from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app, backplane=os.environ["URL"])
"""

BAD: dict[Any, str] = {
    "redis://": "no host",
    f"redis://:{PASSWORD}@": "no host",
    f"redis://:{PASSWORD}@localhost:port/0": "(?i)port",
    f"redis://:{PASSWORD}@localhost:99999/0": "(?i)port",
    f"redis://:{PASSWORD}@localhost/first": "number of a database",
    f"reddis://:{PASSWORD}@localhost": "redis://",
    f"http://:{PASSWORD}@localhost": "redis://",
    "localhost:6379": "redis://",
    "": "redis://",
    None: "redis://",
    6379: "redis://",
    "unix://": "(?i)path",
    f"redis+sentinel://:{PASSWORD}@localhost:26379": "service",
    f"redis+sentinel://:{PASSWORD}@localhost:26379,other:x/main": "other:x",
    f"redis://:{PASSWORD}@localhost/0?no_such_option=1": "no_such_option",
    f"rediss://:{PASSWORD}@localhost/0?ssl_ca_certs=/no/such/file": "/no/such/file",
    f"redis://:{PASSWORD}@localhost/0?prefix=": "prefix",
    f"redis://:{PASSWORD}@[::1": "(?i)url|redis://",
}


@pytest.mark.parametrize("url", BAD, ids=str)
def test_a_url_that_cannot_work_is_refused_where_it_is_written(url: Any) -> None:
    with pytest.raises(ConfigurationError, match=BAD[url]) as caught:
        Holdfast(FastAPI(), backplane=url)
    text = str(caught.value)
    assert "\n" not in text
    assert "backplane" in text
    assert PASSWORD not in text
    cause = caught.value.__cause__ or caught.value.__context__
    assert caught.value.__suppress_context__ or cause is None  # nothing hides the sentence


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        f"redis://user:{PASSWORD}@localhost:6379/3?prefix=mine",
        "rediss://localhost",
        "unix:///run/redis.sock",
        f"redis+sentinel://user:{PASSWORD}@one:26379,two/main/2?prefix=mine",
        "rediss+sentinel://one/main",
        "redis://[::1]:6379/0",
    ],
)
def test_a_url_that_may_work_needs_no_broker_yet(url: str) -> None:
    hf = Holdfast(FastAPI(), backplane=url)
    assert PASSWORD not in hf.backplane
    assert hf.backplane.partition("://")[0] == url.partition("://")[0]


# --- where it is served


class Answers(socketserver.StreamRequestHandler):
    """Redis 5, as far as a client that connects can tell."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = []
            for _ in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2].upper())
            if words[0] == b"INFO":
                info = b"# Server\r\nredis_version:5.0.14\r\nredis_mode:standalone\r\n"
                self.wfile.write(b"$%d\r\n%s\r\n" % (len(info), info))
            elif words[0] in (b"HELLO", b"CLIENT"):
                self.wfile.write(b"-ERR unknown command\r\n")
            else:
                self.wfile.write(b"+OK\r\n")


@pytest.fixture
def old_redis() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def locked() -> Iterator[RedisServer]:
    with RedisServer(Settings(password="another")) as server:
        yield server


def served(folder: Path, url: str, *command: str, app: str = APP) -> tuple[int, str]:
    """Serve an app that must not start: the exit code, and what is said."""
    (folder / "main.py").write_text(app)
    result = subprocess.run(
        [*command, "--port", str(free_port())],
        cwd=folder,
        env={**os.environ, "URL": url, "PYTHONPATH": f"{folder}:{ROOT / 'src'}"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


RUN = (HOLDFAST, "run", "main:app")
UVICORN = (sys.executable, "-m", "uvicorn", "main:app")


def lines_with(words: str, text: str) -> Sequence[str]:
    return [line for line in text.splitlines() if words in line]


def test_holdfast_run_with_a_bad_url(tmp_path: Path) -> None:
    code, said = served(tmp_path, f"redis://:{PASSWORD}@localhost/first", *RUN)
    assert code != 0
    assert len(lines_with("number of a database", said)) == 1
    assert "backplane.redis" not in said  # no module of ours: whose line it is matters
    assert PASSWORD not in said


def test_a_wrong_password_under_uvicorn(locked: RedisServer, tmp_path: Path) -> None:
    url = f"redis://:{PASSWORD}@127.0.0.1:{locked.port}"
    code, said = served(tmp_path, url, *UVICORN)
    assert code != 0
    (line,) = lines_with("wrong user or password", said)
    assert f"backplane redis://127.0.0.1:{locked.port}" in line
    assert ".." not in line
    assert "Traceback" not in said
    assert PASSWORD not in said


def test_a_wrong_password_ends_all_workers_for_good(locked: RedisServer, tmp_path: Path) -> None:
    url = f"redis://:{PASSWORD}@127.0.0.1:{locked.port}"
    _, said = served(tmp_path, url, *RUN, "--workers", "2")
    assert 1 <= len(lines_with("wrong user or password", said)) <= 2  # of each once
    assert "Traceback" not in said


async def refusal(url: str) -> str:
    """What an app says that starts in this process."""
    app = FastAPI()
    Holdfast(app, backplane=url)
    with pytest.raises(ConfigurationError) as caught:
        async with app.router.lifespan_context(app):
            pass
    return str(caught.value)


async def test_no_password_where_one_is_needed(
    locked: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    said = await refusal(f"redis://127.0.0.1:{locked.port}")
    assert f"backplane redis://127.0.0.1:{locked.port}: " in said
    assert "password" in said
    assert ".." not in said
    assert not caplog.records  # it is said once


async def test_a_redis_that_is_too_old(old_redis: int, caplog: pytest.LogCaptureFixture) -> None:
    said = await refusal(f"redis://127.0.0.1:{old_redis}")
    assert f"backplane redis://127.0.0.1:{old_redis}: " in said
    assert "5.0.14" in said
    assert "6.2" in said
    assert not caplog.records


def test_no_redis_package(tmp_path: Path) -> None:
    app = 'import sys\nsys.modules["redis"] = None\n' + APP
    code, said = served(tmp_path, "redis://127.0.0.1", *RUN, app=app)
    assert code != 0
    (line,) = lines_with("pip install", said)
    assert "holdfast[redis]" in line
    assert "ModuleNotFoundError" not in said
