"""The end of the task takes the connection out, as the function that registers has asked."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Desk:
    def __init__(self):
        self.agents: dict[str, WebSocket] = {}

    async def register(self, name: str, client: WebSocket):
        await client.accept()
        self.agents[name] = client
        asyncio.current_task().add_done_callback(lambda _: self.forget(name, client))

    def forget(self, name: str, client: WebSocket):
        if self.agents.get(name) is client:
            del self.agents[name]


desk = Desk()


@app.websocket("/agents/{name}")
async def agent(client: WebSocket, name: str):
    await desk.register(name, client)
    try:
        while True:
            await client.send_json({"seen": (await client.receive_json())["id"]})
    except WebSocketDisconnect:
        desk.forget(name, client)
