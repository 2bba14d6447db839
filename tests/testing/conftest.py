"""Apps, and a server for those that tests may share."""

from collections.abc import AsyncIterator

import pytest

from holdfast.testing import Server, serve
from tests.testing.apps import Plain, WithHoldfast


@pytest.fixture
def plain() -> Plain:
    return Plain()


@pytest.fixture
def quick() -> WithHoldfast:
    return WithHoldfast()


PINGS = {"ws_ping_interval": 0.3, "ws_ping_timeout": 0.3}


@pytest.fixture
async def server(plain: Plain) -> AsyncIterator[Server]:
    async with serve(plain.app, **PINGS) as one:
        yield one


@pytest.fixture(params=["websockets-sansio", "wsproto"])
async def either(plain: Plain, request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """Each of uvicorn's two ways to speak WebSocket."""
    async with serve(plain.app, ws=request.param, **PINGS) as one:
        yield one


@pytest.fixture
async def quick_server(quick: WithHoldfast) -> AsyncIterator[Server]:
    async with serve(quick.app) as one:
        yield one
