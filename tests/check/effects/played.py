"""Plays a program on a real server, and notes what is raised in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from holdfast.check.code.project import Project
from holdfast.check.files.fixing import apply_edits
from holdfast.check.rules import RULES
from holdfast.testing import HandshakeRefused, Peer, Server, peer, serve, until
from tests.support.programs import PROGRAMS, load, load_file


class Played:
    """A program that is served: its server, and what came of each connection that is over."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.server: Server
        self.ends: list[BaseException | None] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Call the program in a task of its own, as daphne and a deadline do."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        task = asyncio.create_task(self.app(scope, receive, send))
        self.tasks.append(task)
        try:
            await task
        except BaseException as error:
            self.ends.append(error)
            raise
        self.ends.append(None)

    async def end(self) -> BaseException | None:
        """What the next connection to be over was ended by: an exception, or its return."""
        await until(lambda: bool(self.ends))
        return self.ends.pop(0)

    def peer(self, path: str = "/ws") -> Any:
        """A client, connected for the length of a block."""
        return peer(self.server.port, path)

    async def refused(self, path: str = "/ws") -> int:
        """Connect in vain; returns the status that says so."""
        try:
            await Peer.connect(self.server.port, path)
        except HandshakeRefused as error:
            return error.answer.status
        raise AssertionError("the client was let in")


@asynccontextmanager
async def play(app: Any, **options: Any) -> AsyncIterator[Played]:
    """Serve an application, with uvicorn and its options."""
    played = Played(app)
    async with serve(played, **options) as played.server:
        yield played


@asynccontextmanager
async def program(rule: str, name: str, **options: Any) -> AsyncIterator[Played]:
    """Serve a program of a rule."""
    async with play(load(rule, name).app, **options) as played:
        yield played


@asynccontextmanager
async def mended(rule: str, name: str, folder: Path, **options: Any) -> AsyncIterator[Played]:
    """Serve what the rule's own fixes, unsafe ones included, make of a program."""
    path = folder / f"{name}.py"
    path.write_text(fixed((PROGRAMS / rule / path.name).read_text(), rule))
    async with play(load_file(path).app, **options) as played:
        yield played


def fixed(text: str, rule: str) -> str:
    """Fix until there is nothing left to fix."""
    find = next(one.find for one in RULES if one.name == rule)
    for _ in range(9):
        module = Project().parse(text, Path("program.py"))
        fix = next((one.fix for one in find(module) if one.fix), None)
        if fix is None:
            break
        text = apply_edits(text, fix.edits)
    return text
