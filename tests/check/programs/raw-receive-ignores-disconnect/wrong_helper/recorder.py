from fastapi import WebSocket, WebSocketDisconnect


class Recorder:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.chunks: list[bytes] = []

    async def run(self) -> None:
        try:
            while True:
                message = await self.websocket.receive()  # here
                chunk = message.get("bytes")
                if chunk is not None:
                    self.chunks.append(chunk)
        except WebSocketDisconnect:
            self.chunks.clear()
