"""Several servers at once: most of a test's time is spent waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.servers import Server


@asynccontextmanager
async def serving(
    app: str, options: Mapping[str, Sequence[str]], folder: Path
) -> AsyncIterator[dict[str, Server]]:
    """A server of each kind that ``options`` has a line for; a kind may have ``#2`` behind it."""

    def start(name: str) -> Server:
        kind = name.partition("#")[0]
        return Server(kind, app, folder / f"{name}.log", options[name])

    starting = [asyncio.to_thread(start, name) for name in options]
    found = await asyncio.gather(*starting, return_exceptions=True)
    servers = [server for server in found if isinstance(server, Server)]
    try:
        for failed in found:
            if isinstance(failed, BaseException):
                raise failed
        yield dict(zip(options, servers, strict=True))
    finally:
        await asyncio.gather(*(asyncio.to_thread(server.stop) for server in servers))
