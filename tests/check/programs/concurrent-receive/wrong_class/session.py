from fastapi import WebSocket


class Session:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def read_commands(self) -> None:
        async for command in self.websocket.iter_json():
            await self.websocket.send_json(command)

    async def wait_for_end(self) -> None:
        while (await self.websocket.receive())["type"] != "websocket.disconnect":
            pass
