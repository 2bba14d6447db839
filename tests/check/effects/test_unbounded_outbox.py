"""Effect of unbounded-outbox: the queue of a client that reads nothing grows with each message."""

import pytest

from holdfast.testing import serve, until
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "unbounded-outbox"
LARGE = "x" * 4_000_000  # more than a socket takes at once: the next send to it waits


@pytest.mark.parametrize(
    ("name", "grows"), [("wrong_dict_of_queues", True), ("right_bounded", False)]
)
async def test_what_a_silent_client_does_not_read_is_kept(name: str, grows: bool) -> None:
    program = load(RULE, name)
    async with (
        serve(program.app, ws_per_message_deflate=False) as server,
        server.peer("/ws", receive_buffer=4096) as peer,
    ):
        peer.stall()
        (outbox,) = program.outboxes.values()
        program.publish(LARGE)
        await until(outbox.empty)
        for _ in range(1_000):
            program.publish("news")
        assert (outbox.qsize() > 900) == grows
        assert outbox.qsize() <= 1_000 if grows else 50
