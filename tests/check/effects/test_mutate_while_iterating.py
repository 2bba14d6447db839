"""Effects of mutate-while-iterating: the one after the dead is skipped, or RuntimeError."""

from pathlib import Path

import pytest

from holdfast.testing import serve, until
from tests.check.effects.mended import mended
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "mutate-while-iterating"


@pytest.mark.parametrize("is_mended", [False, True])
async def test_who_follows_a_dead_one_in_a_list_is_skipped(is_mended: bool, tmp_path: Path) -> None:
    program = mended(RULE, "wrong_list", tmp_path) if is_mended else load(RULE, "wrong_list")
    told = [1, 1, 1] if is_mended else [1, 1, 0]
    sockets = program.manager.active_connections
    async with serve(program.app) as server:
        peers = [await server.connect("/ws") for _ in range(4)]
        await until(lambda: len(sockets) == 4)
        dead = sockets[2]
        peers[2].close()
        await peers[2].end()
        if dead not in sockets:
            sockets.insert(2, dead)
        await program.manager.broadcast("news")
        peers[0].ping(b"")
        del peers[2]
        await until(lambda: peers[0].messages and peers[1].messages)
        await program.manager.broadcast("end")
        for peer in peers:
            while await peer.receive() != "end":
                pass
        assert [peer.messages - 1 for peer in peers] == told


async def test_a_dict_raises() -> None:
    program = load(RULE, "wrong_dict_and_set")
    async with serve(program.app) as server:
        one, other = await server.connect("/lobby/ann"), await server.connect("/lobby/bob")
        await until(lambda: len(program.users) == 2)
        dead = program.users["ann"]
        one.close()
        await until(lambda: "ann" not in program.users)
        program.users = {"ann": dead, **program.users}
        program.broadcast.__globals__["RuntimeError"] = Exception  # what a send raises here
        with pytest.raises(RuntimeError, match="dictionary changed size during iteration"):
            await program.broadcast({})
        other.close()
