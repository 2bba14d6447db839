"""What a client sees of one connection to a program, and what the program's server logs of it."""

import asyncio
import gc
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from holdfast.check.files.fixing import apply_edits
from holdfast.check.files.run import check_text
from holdfast.testing import serve
from tests.support.programs import PROGRAMS, load_file


@dataclass
class Outcome:
    """The status of a refused handshake, or what came and how it ended.

    `fault` is the code with which the client itself ended it, as it had to.
    """

    status: int = 101
    received: list[str | bytes] = field(default_factory=list)
    code: int | None = None
    reason: str | None = None
    fault: int | None = None


async def talk(app: Any, path: str, *texts: str, **options: Any) -> Outcome:
    """Serve an app, send texts to a path, and read until the connection ends."""
    async with serve(app, **options) as server:
        return await talk_to(server.port, path, *texts)


async def talk_to(port: int, path: str, *texts: str) -> Outcome:
    """Send texts to a path of a server, and read until the connection ends."""
    outcome = Outcome()
    try:
        async with asyncio.timeout(10), connect(f"ws://127.0.0.1:{port}{path}") as client:
            with suppress(ConnectionClosed):
                for text in texts:
                    await client.send(text)
            with suppress(ConnectionClosed):
                while True:
                    outcome.received.append(await client.recv())
            outcome.code, outcome.reason = client.close_code, client.close_reason
            if (sent := client.protocol.close_sent) and client.protocol.close_rcvd is None:
                outcome.fault = sent.code
    except InvalidStatus as refused:
        outcome.status = refused.response.status_code
    return outcome


def last_error(caplog: pytest.LogCaptureFixture) -> BaseException | None:
    """The last exception that the server logged."""
    errors = [one.exc_info[1] for one in caplog.records if one.exc_info]
    return errors[-1] if errors else None


def raised(caplog: pytest.LogCaptureFixture) -> str:
    """The same as its class and text; empty for none."""
    error = last_error(caplog)
    return f"{type(error).__name__}: {error}" if error else ""


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged that a person would look at."""
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


def mended(rule: str, name: str, folder: Path) -> ModuleType:
    """Import a program after all fixes of its rule."""
    text, path = (PROGRAMS / rule / f"{name}.py").read_text(), folder / f"{name}.py"
    fixes = [one.fix for one in check_text(text, path) if one.name == rule and one.fix]
    assert fixes
    while fixes:
        text = apply_edits(text, fixes[0].edits)
        fixes = [one.fix for one in check_text(text, path) if one.name == rule and one.fix]
    path.write_text(text)
    return load_file(path)


@contextmanager
def never_awaited(caplog: pytest.LogCaptureFixture) -> Iterator[set[str]]:
    """Collect the names of coroutines that are thrown away; the log's tracebacks go, too."""
    names: set[str] = set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield names
        caplog.clear()  # a traceback keeps the coroutines of its frames
        gc.collect()
    texts = (str(one.message) for one in caught)
    found = (re.search(r"'(?:.*\.)?(\w+)' was never awaited", text) for text in texts)
    names.update(one[1] for one in found if one)
