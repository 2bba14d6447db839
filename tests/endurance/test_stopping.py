"""A server that is told to stop stops in time, and tells everybody who reads to come back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.endurance.logs import of_ours
from tests.endurance.serving import serving
from tests.endurance.stops import OPTIONS, PROMISES, complaints, stop

pytestmark = [pytest.mark.servers, pytest.mark.newest, pytest.mark.timeout(120)]


async def test_sigterm_under_many_connections(tmp_path: Path) -> None:
    """1,000 on our own server, with stuck and busy handlers; fewer on the others."""
    async with serving("tests.endurance.apps:patient", OPTIONS, tmp_path) as servers:
        found = await asyncio.gather(
            *(stop(name, servers[name], PROMISES[name].connections) for name in PROMISES)
        )
        assert [said for one in found for said in complaints(one)] == []
        for name in PROMISES:
            if "uvicorn" in name or "holdfast" in name:
                assert of_ours(servers[name].text) == []
