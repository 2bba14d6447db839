"""For imports that are not changed yet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from holdfast import testing


@asynccontextmanager
async def serve(app: Any) -> AsyncIterator[int]:
    """Serve the app on a free port, which is yielded."""
    async with testing.serve(app) as server:
        yield server.port
