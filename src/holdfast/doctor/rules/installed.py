"""HD1: what is installed, and whether it can serve WebSockets at all."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.doctor.facts import Facts, Protocol
from holdfast.doctor.finding import Severity
from holdfast.doctor.rules.rule import Found, Rule, paths
from holdfast.doctor.versions import older

BOUNDED = "0.52.1"  # the first uvicorn whose websockets-sansio waits for the socket


def unbounded_uvicorn(facts: Facts) -> Iterator[Found]:
    """Uvicorn's sans-IO protocol before it knew `pause_writing`."""
    server = facts.server
    if server is None or server.engine != "uvicorn" or not facts.serves:
        return
    if server.protocol is Protocol.SANSIO and older(server.engine_version, BOUNDED):
        yield Found(
            f"uvicorn {server.engine_version} buffers without bound what a client does not take "
            "(its websockets-sansio)"
        )


def unbounded_daphne(facts: Facts) -> Iterator[Found]:
    """Daphne's `send` never waits; Holdfast's routes and the guard ask the socket instead."""
    if facts.server is not None and facts.server.engine == "daphne" and facts.app.unguarded:
        where = paths(facts.app.unguarded)
        yield Found(f"daphne buffers without bound what a client of {where} does not take")


def missing_library(facts: Facts) -> Iterator[Found]:
    """A server that has WebSockets as an extra, without it."""
    if facts.server is not None and facts.server.protocol is Protocol.MISSING and facts.serves:
        yield Found(f"{facts.server.label} has no WebSocket library: no handshake can succeed")


def switched_off(facts: Facts) -> Iterator[Found]:
    """`--ws none`, `--no-ws`."""
    if facts.server is not None and facts.server.protocol is Protocol.OFF and facts.app.routes:
        where = paths(facts.app.routes)
        yield Found(f"{facts.server.label} has WebSockets switched off, and the app has {where}")


def below_floor(facts: Facts) -> Iterator[Found]:
    """Holdfast's own requirements, overridden."""
    for name, floor in sorted(facts.machine.floors.items()):
        version = facts.machine.installed.get(name)
        if version is not None and older(version, floor):
            yield Found(
                f"{name} {version} is older than {floor}, the oldest that Holdfast is tested with",
                fix=f"pip install '{name}>={floor}'",
            )


def not_asgi(facts: Facts) -> Iterator[Found]:
    """Gunicorn's own workers and granian's defaults are for other kinds of app."""
    server = facts.server
    if server is not None and server.interface != "asgi":
        yield Found(
            f"{server.label} would call the app as {server.interface}, and it is an ASGI app",
            fix=ASGI_FIX.get(server.name, ""),
        )


ASGI_FIX = {
    "gunicorn": "pip install uvicorn-worker, and gunicorn -k uvicorn_worker.UvicornWorker",
    "granian": "granian --interface asgi",
    "uvicorn": "leave --interface out",
}


def not_asyncio(facts: Facts) -> Iterator[Found]:
    """Trio under Holdfast."""
    ours = facts.app.holdfasts or any(route.guarded for route in facts.app.routes)
    if facts.server is not None and facts.server.loop == "trio" and ours:
        yield Found(f"{facts.server.label} would run Holdfast on trio, and it needs asyncio")


def no_uvloop(facts: Facts) -> Iterator[Found]:
    """Uvicorn takes it where it is installed."""
    server, machine = facts.server, facts.machine
    if server is None or server.engine != "uvicorn" or not facts.serves:
        return
    if server.loop == "asyncio" and not machine.has("uvloop") and machine.platform != "win32":
        yield Found("uvloop is not installed, so uvicorn runs on asyncio's own event loop")


RULES = (
    Rule(
        "HD101",
        "unbounded-sends",
        Severity.ERROR,
        "uvicorn older than 0.52.1 with `--ws websockets-sansio`, which 0.50.0 made the default",
        "`send` returns at once whatever the client does: one that stopped reading was sent 42 MB "
        "in 3 s, and all of it stayed in the server's memory (0.38.0, 0.49.0, 0.51.0). Holdfast "
        "cannot see it either",
        "pip install 'uvicorn>=0.52.1'",
        unbounded_uvicorn,
    ),
    Rule(
        "HD102",
        "unbounded-daphne",
        Severity.WARNING,
        "daphne, and plain WebSocket routes without `HoldfastGuard`",
        "`send` returns at once whatever the client does: one that stopped reading was sent 42 MB "
        "in 3 s, and all of it stayed in the server's memory (4.2.3)",
        "app.add_middleware(HoldfastGuard), which waits for the socket, or another server",
        unbounded_daphne,
    ),
    Rule(
        "HD103",
        "no-websocket-library",
        Severity.ERROR,
        "uvicorn without the library that its `--ws` needs",
        "with --ws auto every handshake is answered as a plain GET, commonly 404; with another "
        "value the server does not start",
        "pip install 'uvicorn[standard]'",
        missing_library,
    ),
    Rule(
        "HD104",
        "websockets-off",
        Severity.ERROR,
        "`--ws none` (uvicorn) or `--no-ws` (granian), and the app has WebSocket routes",
        "every handshake is answered as a plain GET, commonly 404",
        "leave the option out",
        switched_off,
    ),
    Rule(
        "HD105",
        "below-floor",
        Severity.ERROR,
        "a dependency older than the lowest version that Holdfast supports",
        "nobody has run Holdfast with it: pip refuses it unless told to ignore requirements",
        "install the version named",
        below_floor,
    ),
    Rule(
        "HD106",
        "not-asgi",
        Severity.ERROR,
        "gunicorn without an ASGI worker, granian without `--interface asgi`, or the like",
        "every request is answered with 500, every handshake refused",
        "tell the server that the app is ASGI",
        not_asgi,
    ),
    Rule(
        "HD107",
        "not-asyncio",
        Severity.ERROR,
        "hypercorn with `--worker-class trio`, and Holdfast or its guard",
        "no asyncio event loop runs, so every connection fails",
        "leave --worker-class out, or take uvloop",
        not_asyncio,
    ),
    Rule(
        "HD108",
        "no-uvloop",
        Severity.NOTE,
        "uvicorn where uvloop is not installed",
        "20,000 echoes cost 15 to 55 % more CPU on asyncio's own loop",
        "pip install uvloop",
        no_uvloop,
    ),
)
