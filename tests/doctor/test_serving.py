"""What the installed servers' own parsers say, and what is made of it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from holdfast.doctor.facts import Machine, Protocol, Server
from holdfast.doctor.machine import look_at_machine
from holdfast.doctor.serving import serving

UVICORN_RAW: dict[str, Any] = {
    "ws": "auto",
    "interface": "auto",
    "loop": "auto",
    "workers": 1,
    "reload": False,
    "proxy_headers": True,
    "factory": False,
    "log_level": None,
    "ws_ping_interval": 20.0,
    "ws_ping_timeout": 20.0,
    "ws_per_message_deflate": True,
    "timeout_graceful_shutdown": None,
    "limit_concurrency": None,
    "limit_max_requests": None,
    "forwarded_allow_ips": "127.0.0.1, ::1",
    "keepalive": True,
    "default_log": True,
}
GUNICORN_RAW: dict[str, Any] = {
    "workers": 4,
    "graceful_timeout": 30,
    "max_requests": 0,
    "loglevel": "info",
    "worker": "uvicorn_worker.UvicornWorker",
    "forwarded_allow_ips": ["*"],
    "uvicorn": UVICORN_RAW,
}
LINES: dict[str, Sequence[str]] = {
    "uvicorn": ["uvicorn", "a:b"],
    "uvicorn set": [
        *("uvicorn", "a:b", "--ws=none", "--ws-ping-interval", "5", "--workers", "3"),
        *("--timeout-graceful-shutdown", "7", "--log-level", "warning", "--app-dir", "src"),
        *("--limit-concurrency", "9", "--limit-max-requests", "8", "--forwarded-allow-ips", "*"),
        *("--ws-per-message-deflate", "false", "--factory", "--env-file", "settings.env"),
    ],
    "holdfast": ["holdfast", "run", "a:b"],
    "holdfast set": ["holdfast", "run", "a:b", "--ws-ping-interval", "0", "--workers", "1"],
    "hypercorn": ["hypercorn", "a:b"],
    "hypercorn set": ["hypercorn", "a:b", "-c", "hypercorn.toml", "-w", "2", "-k", "trio"],
    "granian": ["granian", "a:b"],
    "granian set": ["granian", "a:b", "--interface", "asgi", "--no-ws", "--workers", "2"],
    "daphne": ["daphne", "a:b"],
    "daphne set": ["daphne", "a:b", "--ping-interval", "0"],
}


@cache
def machine() -> Machine:
    return look_at_machine()


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Server]:
    """All the command lines, parsed by processes that run at the same time."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / "settings.env").write_text("FROM_ENV_FILE=yes\n")
    (folder / "hypercorn.toml").write_text("websocket_ping_interval = 11\nworkers = 9\n")
    started = {name: start(folder, line) for name, line in LINES.items()}
    found = {}
    for name, process in started.items():
        out, err = process.communicate(timeout=50)
        assert process.returncode == 0, err
        raw = json.loads(out)
        found[name] = serving(LINES[name][0].replace("holdfast", "uvicorn"), raw, machine())
        if name == "uvicorn set":
            assert raw["environment"]["FROM_ENV_FILE"] == "yes"
            assert (raw["app_dir"], raw["factory"]) == ("src", True)
    return found


def start(folder: Path, line: Sequence[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "holdfast.cli.settings", *line],
        cwd=folder,
        env={**os.environ, "WEB_CONCURRENCY": "5"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_uvicorn(read: dict[str, Server]) -> None:
    server = read["uvicorn"]
    assert (server.label, server.protocol) == (
        f"uvicorn {machine().installed['uvicorn']}",
        Protocol.SANSIO,
    )
    assert (server.pings, server.pong, server.deflate, server.graceful) == (20, 20, True, None)
    assert (server.workers, server.trusted) == (5, ("127.0.0.1", "::1"))  # WEB_CONCURRENCY
    assert (server.concurrency, server.max_requests, server.logs_queries) == (None, None, True)
    server = read["uvicorn set"]
    assert (server.protocol, server.workers, server.graceful) == (Protocol.OFF, 3, 7)
    assert (server.concurrency, server.max_requests, server.trusted) == (9, 8, ("*",))
    assert (server.pings, server.deflate, server.logs_queries) == (None, False, False)


def test_holdfast_run(read: dict[str, Server]) -> None:
    server = read["holdfast"]
    assert (server.name, server.protocol) == ("uvicorn", Protocol.HOLDFAST)
    assert (server.pings, server.pong, server.deflate, server.graceful) == (25, 10, False, 20)
    assert (read["holdfast set"].pings, read["holdfast set"].workers) == (0, 1)


def test_hypercorn(read: dict[str, Server]) -> None:
    server = read["hypercorn"]
    assert (server.pings, server.workers, server.graceful, server.loop) == (0, 1, 3, "asyncio")
    server = read["hypercorn set"]
    assert (server.pings, server.workers, server.loop) == (11, 2, "trio")


def test_granian(read: dict[str, Server]) -> None:
    server = read["granian"]
    assert (server.interface, server.pings, server.workers) == ("rsgi", 0, 1)
    server = read["granian set"]
    assert (server.interface, server.protocol, server.workers) == ("asgi", Protocol.OFF, 2)


def test_daphne(read: dict[str, Server]) -> None:
    assert (read["daphne"].pings, read["daphne"].pong) == (20, 30)
    assert read["daphne set"].pings  # 0 sends more of them, not none (measured)


# --- what is made of it, for versions and packages that are not installed here


def uvicorn(version: str = "0.54.0", packages: str = "websockets wsproto", **raw: Any) -> Server:
    installed = {"uvicorn": version, **dict.fromkeys(packages.split(), "1.0")}
    return serving("uvicorn", {**UVICORN_RAW, **raw}, Machine(installed=installed))


def test_which_protocol_uvicorn_takes() -> None:
    assert uvicorn().protocol is Protocol.SANSIO
    assert uvicorn("0.50.0").protocol is Protocol.SANSIO
    assert uvicorn("0.49.0").protocol is Protocol.LEGACY
    assert uvicorn(packages="wsproto").protocol is Protocol.WSPROTO
    assert uvicorn(packages="").protocol is Protocol.MISSING
    assert uvicorn(ws="wsproto", packages="websockets").protocol is Protocol.MISSING
    assert uvicorn(ws="websockets-sansio").protocol is Protocol.SANSIO
    assert uvicorn(ws="none").protocol is Protocol.OFF
    assert uvicorn(interface="wsgi").protocol is Protocol.OFF
    own = uvicorn(ws="my.module:Protocol")
    assert (own.protocol, own.pings, own.deflate) == (Protocol.OTHER, None, False)


def test_our_own_protocol_under_uvicorn() -> None:
    ws = "holdfast.server:Protocol"
    bare = uvicorn(ws=ws, packages="", keepalive=False)  # no library, and not in uvicorn's table
    assert (bare.protocol, bare.pings, bare.pong) == (Protocol.HOLDFAST, 20, 20)
    assert uvicorn(ws=ws, ws_ping_interval=0.0).pings == 0
    assert uvicorn(ws=ws, interface="wsgi").protocol is Protocol.OFF
    assert gunicorn(uvicorn={**UVICORN_RAW, "ws": ws}).protocol is Protocol.HOLDFAST


def test_which_settings_of_uvicorn_count() -> None:
    assert uvicorn(loop="auto").loop == "asyncio"
    assert uvicorn(loop="auto", packages="websockets uvloop").loop == "uvloop"
    assert uvicorn(workers=4, reload=True).workers == 1
    assert uvicorn(keepalive=False).pings == 0
    assert uvicorn(ws_ping_interval=None).pings == 0
    assert uvicorn(ws_ping_interval=-1.0).pings == 0
    assert uvicorn(proxy_headers=False, forwarded_allow_ips="*").trusted == ()
    assert not uvicorn(default_log=False).logs_queries
    assert not uvicorn(log_level="error").logs_queries


def gunicorn(**raw: Any) -> Server:
    installed = {"gunicorn": "27.0.1", "uvicorn": "0.51.0", "websockets": "1"}
    return serving("gunicorn", {**GUNICORN_RAW, **raw}, Machine(installed=installed))


def test_gunicorn_with_uvicorns_worker() -> None:
    server = gunicorn(max_requests=1000)
    assert server.label == "gunicorn 27.0.1 with uvicorn 0.51.0"
    assert (server.engine, server.protocol, server.workers) == ("uvicorn", Protocol.SANSIO, 4)
    assert (server.graceful, server.max_requests, server.trusted) == (30, 1000, ("*",))
    assert (server.logs_queries, gunicorn(loglevel="error").logs_queries) == (True, False)


@pytest.mark.parametrize(
    ("worker", "interface", "pings"),
    [
        ("sync", "wsgi", None),
        ("gthread", "wsgi", None),
        ("asgi", "asgi", 0),
        ("my.W", "asgi", None),
    ],
)
def test_gunicorn_with_another_worker(worker: str, interface: str, pings: Any) -> None:
    server = gunicorn(worker=worker, uvicorn=None)
    assert (server.interface, server.pings, server.engine) == (interface, pings, "gunicorn")


def test_fastapi_runs_uvicorn() -> None:
    machine = Machine(installed={"uvicorn": "0.54.0", "websockets": "1"})
    server = serving("fastapi", UVICORN_RAW, machine)
    assert (server.name, server.command, server.label) == ("uvicorn", "fastapi", "uvicorn 0.54.0")
    assert replace(server, command="uvicorn") == serving("uvicorn", UVICORN_RAW, machine)
