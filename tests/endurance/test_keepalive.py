"""A handler that talks and never receives outlives its server's pings, once its client has spoken.

Uvicorn stops reading at the first message that nobody takes; the pongs behind it are not seen, and
the connection is closed although its client answers every ping.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endurance.serving import serving
from tests.endurance.talks import SOON, complaints, talks

pytestmark = [pytest.mark.servers, pytest.mark.newest]

SECONDS = 4.0  # twice what the pings allow


async def test_it_is_not_killed_by_keepalive(tmp_path: Path) -> None:
    """All servers at once, own endpoints and guarded ones; and the control without us."""
    async with serving("tests.endurance.apps:quick", SOON, tmp_path) as servers:
        found = await talks(servers, SECONDS)
    assert complaints(found) == []
    assert all(talk.pings >= 1 for talk in found if talk.server != "granian")
    assert {talk.server for talk in found if talk.killed} == {"uvicorn-sansio", "uvicorn-wsproto"}
