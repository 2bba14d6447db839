"""Uvicorn's configuration for `holdfast run`: what is said at the start, and of an app that fails.

It goes to uvicorn's log, in the form that was asked for.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import click
import uvicorn

from holdfast.cli.listening import listen
from holdfast.cli.loading import CannotLoad, find_callable, raised
from holdfast.cli.settings import of_config
from holdfast.doctor import Finding, Severity, examine
from holdfast.doctor.facts import Application, Facts
from holdfast.doctor.machine import look_at_machine
from holdfast.doctor.serving import serving

FAILURE = 3  # uvicorn's exit code; its supervisor starts a worker that ends so not again
SOMAXCONN = Path("/proc/sys/net/core/somaxconn")

SPLIT = (
    "%d workers cannot share the memory backplane: each would have channels of its own, and a "
    "publication would reach the connections of one worker only. Share them through a broker, as "
    'in Holdfast(app, backplane="redis://localhost"), or run one worker: --workers 1, and no '
    "WEB_CONCURRENCY or UVICORN_WORKERS"
)

log = logging.getLogger("uvicorn.error")


class Config(uvicorn.Config):
    """Made once, in the first process; loaded in each that serves."""

    latest: ClassVar[Config | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().__init__(*args, **kwargs)
        except Exception as error:  # a configuration of the log, WEB_CONCURRENCY
            raise click.UsageError(refusal(error)) from error
        if self.uds is None and self.fd is None:
            find_port(self.host, self.port)
        for warning in warnings(self):
            log.warning("holdfast: %s", warning)
        several = self.workers > 1 and not self.should_reload
        self.refusal = Refusal() if several else None
        Config.latest = self

    def load_app(self) -> Any:
        """Import the app; it is imported once, however often this is called."""
        assert isinstance(self.app, str)  # it comes from a command line
        try:
            return find_callable(self.app, sys.path[0])
        except CannotLoad as error:
            fail(error.message)

    def load(self) -> None:
        """Load all that is named in the settings, and say which link is in use."""
        try:
            super().load()
        except Exception as error:
            fail(reason(self, error))
        if self.refusal is not None and has_split_channels():
            self.refusal.end(SPLIT % self.workers)
        log.info("holdfast: %s", link(self))


class Refusal:
    """What every worker of a server refuses, said by the first of them."""

    def __init__(self) -> None:
        # In the context that uvicorn's workers have.
        self._unsaid = multiprocessing.get_context("spawn").Lock()

    def end(self, sentence: str) -> NoReturn:
        """In a worker: end all of them. Uvicorn before 0.52 would start this one again."""
        if self._unsaid.acquire(block=False):
            log.error(sentence)
            os.kill(os.getppid(), signal.SIGTERM)
        raise SystemExit(FAILURE)

    @property
    def was_said(self) -> bool:
        """In the process that started them, when they have ended."""
        return not self._unsaid.acquire(block=False)


def refused() -> bool:
    """Whether the workers of this process's server have refused to serve."""
    made = Config.latest
    return made is not None and made.refusal is not None and made.refusal.was_said


def has_split_channels() -> bool:
    """Whether the app has channels that its workers would not share."""
    if "holdfast.asgi.holdfast" not in sys.modules:  # an app without Holdfast
        return False
    application: Any = import_module("holdfast.doctor.application")
    return bool(application.has_split_channels())


def reason(config: uvicorn.Config, error: Exception) -> str:
    """Why it could not be loaded."""
    if hasattr(config, "loaded_app"):  # it is there already: its factory failed
        return raised(f"{config.app}() makes no app", error)
    if isinstance(error, OSError) and config.is_ssl:  # which names no file
        files = " and ".join(str(one) for one in (config.ssl_certfile, config.ssl_keyfile) if one)
        return f"TLS cannot start with {files}: {error}"
    return refusal(error)


def refusal(error: Exception) -> str:
    """What uvicorn does not take, in its own words."""
    return f"uvicorn cannot start with these options: {type(error).__name__}: {error}"


def fail(sentence: str) -> NoReturn:
    """End the process as uvicorn does where it cannot start."""
    log.error(sentence)
    raise SystemExit(FAILURE)


def find_port(host: str, port: int) -> None:
    """Fail before the app is imported, and not after its start-up, if the port cannot be had."""
    try:
        listen(host, port).close()
    except click.ClickException as error:
        fail(error.message)


# -- what is said ----------------------------------------------------------------------------------


def warnings(config: uvicorn.Config) -> Iterator[str]:
    """What will hurt, by the doctor's rules; while developing only what does not work."""
    for found in findings(config):
        if found.severity is Severity.ERROR or not config.reload:
            yield f"{found.message}: {found.fix} ({found.id})"
    if not config.reload and (queue := waiting()) < config.backlog:
        yield (
            f"the kernel lets {queue} new connections wait, and not --backlog {config.backlog}: "
            f"sysctl net.core.somaxconn={config.backlog}"
        )


def findings(config: uvicorn.Config) -> list[Finding]:
    """What the doctor finds without a look at the app, which is not imported here; no notes."""
    machine = look_at_machine()
    server = serving("uvicorn", of_config(config, config.log_config), machine)
    facts = Facts(machine=machine, server=server, app=Application(readable=False))
    return [one for one in examine(facts) if one.severity is not Severity.NOTE]


def waiting() -> float:
    """The longest queue of new connections that the kernel allows; infinite where it is unknown."""
    try:
        return int(SOMAXCONN.read_text())
    except (OSError, ValueError):
        return float("inf")


def link(config: uvicorn.Config) -> str:
    """Which WebSocket server is in use, what it lacks here, and its main settings."""
    protocol: Any = config.ws_protocol_class
    if protocol is None:
        return "no WebSockets: they are switched off"
    loop = asyncio.get_running_loop()
    pings, deflate = config.ws_ping_interval, config.ws_per_message_deflate
    return ", ".join(
        [
            f"{server_name(protocol, config)} ({'; '.join(abilities(config, protocol, loop))})",
            f"ping every {pings:g} s" if pings else "no pings",
            f"deflate {'on' if deflate else 'off'}",
        ]
    )


def server_name(protocol: Any, config: uvicorn.Config) -> str:
    """How it is called in the log."""
    return "own server" if is_own(protocol) else f"not the own server but {config.ws}"


def is_own(protocol: Any) -> bool:
    """Whether it is Holdfast's, or made from it."""
    return any(one.__module__.startswith("holdfast.server") for one in protocol.__mro__)


def abilities(
    config: uvicorn.Config, protocol: Any, loop: asyncio.AbstractEventLoop
) -> Iterator[str]:
    """What makes it fast, and what is missing for that."""
    name = type(loop).__module__.partition(".")[0]
    yield name + (f", {writes(config, loop)}" if is_own(protocol) else "")
    if name == "asyncio" and config.loop == "auto":
        yield "faster with uvloop, which is not installed"


def writes(config: uvicorn.Config, loop: asyncio.AbstractEventLoop) -> str:
    """Whether it writes to sockets beside the transport, and why not."""
    from holdfast.server.lane import writes_directly

    if config.is_ssl:
        return "TLS and so no direct writes"
    return "direct writes" if writes_directly(loop) else "no direct writes on this loop"
