"""Who asks for what is refused, and does not wait for the answer, fills no log."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from holdfast.testing import HandshakeRefused, Peer, opening_request
from tests.endurance.logs import of_ours
from tests.endurance.serving import serving

pytestmark = pytest.mark.servers

FOREIGN = "https://elsewhere.example"
PATHS = ("/own/echoes", "/plain/echoes", "/nowhere")


async def test_granian_logs_nothing_for_refusals_that_nobody_takes(tmp_path: Path) -> None:
    """It raises at the body of an answer whose client is gone."""
    options: dict[str, tuple[str, ...]] = {"granian": ()}
    async with serving("tests.endurance.apps:quick", options, tmp_path) as servers:
        server = servers["granian"]
        for leave in (Peer.reset, Peer.vanish) * 5:
            for path in PATHS:
                peer = await Peer.dial(server.port)
                peer.write(opening_request(path, origin=FOREIGN))
                await asyncio.sleep(0)
                leave(peer)
                await peer.end()
        for path in PATHS * 5:  # by their answers, those before have been given theirs
            with pytest.raises(HandshakeRefused):
                await Peer.connect(server.port, path, origin=FOREIGN)
    assert of_ours(server.text) == []
