"""A real uvicorn in the test's own event loop, so that a test sees both ends of a connection."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from holdfast.testing import until


@asynccontextmanager
async def serve(app: Any) -> AsyncIterator[int]:
    """Serve the app on a free port, which is yielded."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            app,
            log_level="warning",
            log_config=None,
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            await task
