"""Who is subscribed, and what was delivered."""

from typing import Any

from fastapi import Depends, FastAPI
from websockets.asyncio.client import connect

from holdfast import Connection, Holdfast, Member
from holdfast.asgi.stats import members
from holdfast.testing import serve, until


def user_of(name: str) -> str:
    return name


async def test_each_user_is_present_once_with_their_connections(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws/{name}", user=Depends(user_of))
    async def handler(conn: Connection[str], name: str) -> None:
        await conn.join("room")
        await conn.receive()

    async def present() -> dict[Any, int]:
        return {member.user: member.connections for member in await hf.presence("room")}

    async def are_present(expected: dict[str, int]) -> bool:
        return await present() == expected

    async with serve(app) as server:
        address = f"ws://127.0.0.1:{server.port}/ws/"
        assert await hf.presence("room") == []
        async with connect(address + "ada", proxy=None), connect(address + "bob", proxy=None):
            second = await connect(address + "ada", proxy=None)
            await until(lambda: are_present({"ada": 2, "bob": 1}))
            second.transport.abort()
            await until(lambda: are_present({"ada": 1, "bob": 1}))
            for number in range(3):
                await hf.publish("room", number)
            await until(lambda: hf.statistics().delivered == 6)
        await until(lambda: are_present({}))


def test_users_of_any_type_are_counted() -> None:
    found = members([{"id": 1}, None, {"id": 1}, None, "x", {"id": 2}])
    assert found == [Member({"id": 1}, 2), Member(None, 2), Member("x", 1), Member({"id": 2}, 1)]
