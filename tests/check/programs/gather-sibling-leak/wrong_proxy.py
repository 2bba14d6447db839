"""Two directions between a client and a server beyond; the client's end ends one of them."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Upstream:
    """Stands for a WebSocket client."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue = asyncio.Queue(100)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        pass

    async def send(self, text):
        print(text)

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self.messages.get()


@app.websocket("/media-stream")
async def handle_media_stream(websocket: WebSocket):
    await websocket.accept()
    async with Upstream() as upstream:

        async def receive_from_client():
            try:
                async for message in websocket.iter_text():
                    await upstream.send(message)
            except WebSocketDisconnect:
                print("client gone")

        async def send_to_client():
            try:
                async for message in upstream:
                    await websocket.send_json({"message": message})
            except Exception as error:
                print(error)

        await asyncio.gather(receive_from_client(), send_to_client())  # here
