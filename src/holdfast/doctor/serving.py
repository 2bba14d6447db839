"""From what a server's own parser said to what the rules look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from holdfast.doctor.facts import Machine, Protocol, Server
from holdfast.doctor.versions import older

SERVERS = ("uvicorn", "hypercorn", "granian", "daphne", "gunicorn")

# Packages that decide what a server can do.
LIBRARIES = ("websockets", "wsproto", "uvloop")

OURS = "holdfast."  # what the --ws of `holdfast run` begins with: there is one protocol in it
SANSIO_IS_AUTO = "0.50.0"  # the first uvicorn whose --ws auto is websockets-sansio
INFO = {"info", "debug", "trace"}  # uvicorn's log levels that show handshakes

Raw = Mapping[str, Any]


def serving(command: str, raw: Raw, machine: Machine) -> Server:
    """The server that this command starts, with the settings that were read.

    ``raw`` is what ``holdfast.cli.settings`` writes.
    """
    name = "uvicorn" if command == "fastapi" else command
    version = machine.installed.get(name, "")
    common = {"name": name, "version": version, "engine": name, "engine_version": version}
    return Server(command=command, **{**common, **READERS[name](raw, machine)})


def uvicorn(raw: Raw, machine: Machine) -> dict[str, Any]:
    """Uvicorn's ``Config``."""
    protocol = _protocol(raw["ws"], machine)
    wsgi = raw["interface"] == "wsgi"
    known = protocol not in (Protocol.OTHER, Protocol.OFF, Protocol.MISSING)
    pings = raw["keepalive"] or protocol is Protocol.HOLDFAST
    interval = raw["ws_ping_interval"] or 0 if pings else 0
    return {
        "protocol": Protocol.OFF if wsgi else protocol,
        "interface": "wsgi" if wsgi else "asgi",
        "loop": _loop(raw["loop"], machine),
        "workers": 1 if raw["reload"] else raw["workers"],
        "pings": max(0.0, interval) if known else None,
        "pong": raw["ws_ping_timeout"],
        "deflate": known and bool(raw["ws_per_message_deflate"]),
        "graceful": raw["timeout_graceful_shutdown"],
        "concurrency": raw["limit_concurrency"],
        "max_requests": raw["limit_max_requests"],
        "trusted": _addresses(raw["forwarded_allow_ips"]) if raw["proxy_headers"] else (),
        "logs_queries": bool(raw["default_log"]) and (raw["log_level"] or "info") in INFO,
    }


def _protocol(ws: str, machine: Machine) -> Protocol:
    if ws == "none":
        return Protocol.OFF
    if ws == "auto":
        ws = _auto(machine)
    if ws.startswith(OURS):
        return Protocol.HOLDFAST
    needs = {"wsproto": "wsproto", "websockets": "websockets", "websockets-sansio": "websockets"}
    if ws not in needs:
        return Protocol.OTHER
    return Protocol(ws) if machine.has(needs[ws]) else Protocol.MISSING


def _auto(machine: Machine) -> str:
    if not machine.has("websockets"):
        return "wsproto"
    legacy = older(machine.installed.get("uvicorn", ""), SANSIO_IS_AUTO)
    return "websockets" if legacy else "websockets-sansio"


def _loop(loop: str, machine: Machine) -> str:
    if loop == "auto":
        return "uvloop" if machine.has("uvloop") else "asyncio"
    return loop


def _addresses(value: Any) -> tuple[str, ...]:
    entries = value.split(",") if isinstance(value, str) else value or ()
    return tuple(str(entry).strip() for entry in entries)


def hypercorn(raw: Raw, machine: Machine) -> dict[str, Any]:
    """Hypercorn's ``Config``. It negotiates deflate whenever a client asks."""
    return {
        "protocol": Protocol.WSPROTO,
        "loop": raw["worker_class"] if isinstance(raw["worker_class"], str) else "asyncio",
        "workers": raw["workers"],
        "pings": raw["websocket_ping_interval"] or 0,
        "deflate": True,
        "graceful": raw["graceful_timeout"],
    }


def daphne(raw: Raw, machine: Machine) -> dict[str, Any]:
    """Daphne's options. An interval of 0 is no way to switch pings off: it sends more."""
    return {"pings": max(1.0, raw["ping_interval"]), "pong": raw["ping_timeout"]}


def granian(raw: Raw, machine: Machine) -> dict[str, Any]:
    """Granian's options. It has none for pings, and sends none."""
    return {
        "protocol": Protocol.OWN if raw["websockets"] else Protocol.OFF,
        "interface": "asgi" if raw["interface"] == "asginl" else raw["interface"],
        "loop": raw["loop"],
        "workers": raw["workers"],
        "pings": 0,
    }


def gunicorn(raw: Raw, machine: Machine) -> dict[str, Any]:
    """Gunicorn: what speaks WebSocket is its worker; who ends it is gunicorn."""
    outer = {"workers": raw["workers"], "graceful": raw["graceful_timeout"]}
    if raw["uvicorn"] is not None:
        inner = uvicorn(raw["uvicorn"], machine)
        inner["max_requests"] = raw["max_requests"] or None
        inner["logs_queries"] = raw["loglevel"] in INFO
        inner["trusted"] = _addresses(raw["forwarded_allow_ips"]) if inner["trusted"] else ()
        engine = {"engine": "uvicorn", "engine_version": machine.installed.get("uvicorn", "")}
        return {**inner, **outer, **engine}
    if raw["worker"] == "asgi":
        return {**outer, "pings": 0}
    known = raw["worker"] in ("sync", "gthread", "gevent", "eventlet", "tornado")
    return {**outer, "interface": "wsgi" if known else "asgi", "protocol": Protocol.OTHER}


READERS: dict[str, Callable[[Raw, Machine], dict[str, Any]]] = {
    "uvicorn": uvicorn,
    "hypercorn": hypercorn,
    "daphne": daphne,
    "granian": granian,
    "gunicorn": gunicorn,
}
