"""HD2: the server's settings."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.doctor.facts import Facts, Protocol, Server
from holdfast.doctor.finding import Severity
from holdfast.doctor.rules.rule import Found, Rule, paths


def no_pings(facts: Facts) -> Iterator[Found]:
    """A connection whose other end is gone without a word is found by sending something."""
    server = facts.server
    if server is not None and server.pings == 0 and facts.serves:
        why = "" if _untuned(facts) else SILENCE
        yield Found(f"{server.label} sends no pings", why, PING_FIX.get(server.engine, ""))


def _untuned(facts: Facts) -> bool:
    """Whether there are sockets whose kernel Holdfast does not tell to notice a vanished client."""
    app, server = facts.app, facts.server
    elsewhere = facts.machine.platform != "linux"
    if server is not None and server.protocol is Protocol.HOLDFAST:
        return elsewhere  # it tells the kernel itself, for all routes, where it sends no pings
    return bool(app.unguarded) or not app.readable or elsewhere


SILENCE = (
    "proxies end connections that are silent for their idle time, commonly 60 s; the kernel's own "
    "keepalive, which Holdfast sets, keeps none of them open"
)


PING_FIX = {
    "uvicorn": "leave --ws-ping-interval at its default",
    "hypercorn": "hypercorn --websocket-ping-interval 20",
}


def pongs_unread(facts: Facts) -> Iterator[Found]:
    """Hypercorn pings, and nobody waits for the answer."""
    server = facts.server
    if server is None or server.engine != "hypercorn" or not server.pings or not facts.serves:
        return
    if _untuned(facts):
        yield Found("hypercorn pings its clients and waits for no answer")


def no_time_for_pongs(facts: Facts) -> Iterator[Found]:
    """`--ws-ping-timeout 0` is no way to switch it off."""
    server = _pinging_uvicorn(facts)
    if server is not None and server.pong is not None and server.pong <= 0:
        yield Found(f"{server.label} gives its clients {server.pong:g} s to answer a ping")


def slow_readers(facts: Facts) -> Iterator[Found]:
    """A ping waits behind what is buffered, and its clock runs from when it was written."""
    server = _pinging_uvicorn(facts)
    if server is None or server.pong is None or server.pong <= 0:
        return
    if server.pong < PATIENT and _untuned(facts):
        yield Found(
            f"uvicorn ends clients that need more than {server.pong:g} s for what is buffered, "
            "however steadily they read",
            fix=f"{_option(server, '--ws-ping-timeout', 120)}, or HoldfastGuard, which bounds it",
        )


PATIENT = 120.0  # seconds in which a client of 40 KB/s has read what is commonly buffered


def impatient_pings(facts: Facts) -> Iterator[Found]:
    """The server's deadline before Holdfast's own."""
    server = _pinging_uvicorn(facts)
    if server is None or server.pong is None or server.pong <= 0:
        return
    deadlines = [one.send_timeout for one in facts.app.holdfasts]
    deadlines += [one.send_timeout or 0.0 for one in facts.app.guards]
    timeout = max(deadlines, default=0.0)
    if server.pong < timeout:
        yield Found(
            f"uvicorn waits {server.pong:g} s for a pong, and Deadlines(send_timeout="
            f"{timeout:g}) gives a stalled client more",
            fix=_option(server, "--ws-ping-timeout", int(timeout) + 20),
        )


def _option(server: Server, name: str, value: object) -> str:
    """How an option of uvicorn is set for this server."""
    key = name.removeprefix("--").replace("-", "_")
    said = f"{name} {str(value).lower()}"
    if server.command == "gunicorn":
        return f"a subclass of UvicornWorker whose CONFIG_KWARGS has {key}={value}"
    return f"uvicorn {said}: fastapi has no such option" if server.command == "fastapi" else said


def _pinging_uvicorn(facts: Facts) -> Server | None:
    """Uvicorn with pings, unless they are ours: those ask the kernel before they give up."""
    server = facts.server
    if server is None or server.engine != "uvicorn" or server.protocol is Protocol.HOLDFAST:
        return None
    return server if server.pings and facts.serves else None


def deflate(facts: Facts) -> Iterator[Found]:
    """A compressor and a decompressor for each connection; ours keeps neither."""
    server = facts.server
    if server is None or not server.deflate or not facts.serves:
        return
    if server.protocol is Protocol.HOLDFAST:
        return
    cost = "90 KB" if server.protocol is not Protocol.SANSIO else "35 KB"
    off = HYPERCORN_DEFLATE
    if server.engine == "uvicorn":
        off = _option(server, "--ws-per-message-deflate", False)
    yield Found(
        f"{server.label} compresses messages: about {cost} of memory more for each connection "
        "that asks for it, as browsers do",
        fix=f"{off}, unless your messages are large and repetitive",
    )


HYPERCORN_DEFLATE = (
    "hypercorn has no option for it: have the proxy drop the header Sec-WebSocket-Extensions"
)


def endless_shutdown(facts: Facts) -> Iterator[Found]:
    """Uvicorn waits for every handler, for ever."""
    server, app = facts.server, facts.app
    if server is None or server.graceful is not None:
        return
    fix = _option(server, "--timeout-graceful-shutdown", 10)
    if app.unguarded:
        where = paths(app.unguarded)
        yield Found(f"{server.label} waits without end at shutdown for {where}", fix=fix)


def counted_sockets(facts: Facts) -> Iterator[Found]:
    """`--limit-concurrency` counts open WebSockets as what is going on."""
    server = facts.server
    if server is not None and server.concurrency is not None and facts.serves:
        yield Found(f"--limit-concurrency {server.concurrency} counts every open WebSocket")


def replaced_workers(facts: Facts) -> Iterator[Found]:
    """A worker that is replaced drops its connections."""
    server = facts.server
    if server is not None and server.max_requests and facts.serves:
        yield Found(
            f"{server.label} replaces a worker after {server.max_requests} requests, and closes "
            "its WebSockets"
        )


RULES = (
    Rule(
        "HD201",
        "no-pings",
        Severity.WARNING,
        "hypercorn as it is, granian, gunicorn's `asgi` worker, or uvicorn with a ping interval of "
        "0",
        "a client that vanished (no network, closed lid) is noticed only when something is sent to "
        "it, and proxies end connections that are silent for their idle time, commonly 60 s",
        "this server cannot: send something of your own at least every 30 s, or take uvicorn",
        no_pings,
    ),
    Rule(
        "HD202",
        "pongs-unread",
        Severity.NOTE,
        "hypercorn with a ping interval, and plain routes without `HoldfastGuard`",
        "eight pings without an answer changed nothing; a vanished client is ended when the kernel "
        "gives up, on Linux after about 15 minutes",
        "app.add_middleware(HoldfastGuard), which sets TCP_USER_TIMEOUT, or lower "
        "net.ipv4.tcp_retries2",
        pongs_unread,
    ),
    Rule(
        "HD203",
        "no-time-for-pongs",
        Severity.ERROR,
        "uvicorn with a ping timeout of 0",
        "0 does not switch it off: every client is closed with 1011 at its first ping",
        "--ws-ping-interval 0 sends no pings; better leave both at 20 seconds",
        no_time_for_pongs,
    ),
    Rule(
        "HD204",
        "slow-readers-ended",
        Severity.NOTE,
        "uvicorn with a ping timeout below 120 s, as it is by default, and plain routes without "
        "`HoldfastGuard`",
        "a ping waits in line behind up to 4 MB, and the timeout runs meanwhile: with 20/20 s, "
        "clients that read 20, 50 and 100 KB/s evenly, and answered each ping that they saw, were "
        "closed with 1011 after 40 s; behind HoldfastGuard none was in 140 s",
        "--ws-ping-timeout 120, or HoldfastGuard, which bounds what is buffered",
        slow_readers,
    ),
    Rule(
        "HD205",
        "impatient-pings",
        Severity.WARNING,
        "uvicorn with a ping timeout shorter than `Deadlines.send_timeout`",
        "uvicorn's closing waits for a buffer that a stalled client never empties, so the shorter "
        "deadline is no quicker, and hits those who read slowly",
        "make --ws-ping-timeout the longer one",
        impatient_pings,
    ),
    Rule(
        "HD206",
        "deflate-memory",
        Severity.NOTE,
        "uvicorn as it is, hypercorn: per-message deflate",
        "idle connections of uvicorn took 62 KB with it and 27 KB without; after one message 117 "
        "KB against 26 with wsproto, and on hypercorn. Each message is compressed once per client",
        "--ws-per-message-deflate false, unless your messages are large and repetitive",
        deflate,
    ),
    Rule(
        "HD207",
        "endless-shutdown",
        Severity.WARNING,
        "uvicorn without `--timeout-graceful-shutdown`, and plain routes without `HoldfastGuard`",
        "SIGTERM waited for a handler that slept until the process was killed; with the option set "
        "to 3 it took 3.2 s",
        "--timeout-graceful-shutdown 10",
        endless_shutdown,
    ),
    Rule(
        "HD208",
        "counted-sockets",
        Severity.WARNING,
        "uvicorn with `--limit-concurrency`",
        "with as many WebSockets open every other request gets 503, health checks too, while "
        "further WebSockets are let in",
        "leave it out, and bound connections with Limits(connections=...)",
        counted_sockets,
    ),
    Rule(
        "HD209",
        "replaced-workers",
        Severity.NOTE,
        "`--limit-max-requests` (uvicorn) or `--max-requests` (gunicorn with uvicorn's worker)",
        "all WebSockets of the worker are closed with 1012 at the same moment, and their clients "
        "come back at the same moment",
        "make the number large, give it jitter, and have clients reconnect with backoff",
        replaced_workers,
    ),
)
