from typing import Any

from fastapi import WebSocket


def event(kind: str, body: Any) -> dict[str, Any]:
    return {"kind": kind, "body": body}


class Outlet:
    def __init__(self) -> None:
        self.peers: list[WebSocket] = []

    async def to_all(self, message: dict[str, Any]) -> None:
        for peer in list(self.peers):
            await self.to_one(peer, message)

    async def to_one(self, peer: WebSocket, message: dict[str, Any]) -> None:
        await peer.send_json(message)

    async def announce(self, peer: WebSocket, body: Any) -> None:
        await self.to_one(peer, {"kind": "notice", "body": body})
