from fastapi import WebSocket


class Gate:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws

    async def refuse(self, code: int, reason: str = "") -> None:
        await self.ws.send_json({"error": reason})
        await self.ws.close(code=code)

    async def refuse_status(self, status: int) -> None:
        await self.ws.close(code=4000 + status)
