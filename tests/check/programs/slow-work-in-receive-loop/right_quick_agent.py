"""Names that sound slow: an agent of an insurance, generate_reply from a template, run() of a quick query."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Agent:
    def __init__(self, name: str) -> None:
        self.name = name
        self.clients: list[str] = []

    async def run(self, client: str) -> int:
        self.clients.append(client)
        return len(self.clients)

    async def generate_reply(self, text: str) -> str:
        return f"{self.name} answers {text}"


@app.websocket("/agent/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    agent = Agent(name)
    try:
        while True:
            text = await ws.receive_text()
            await agent.run(text)
            await ws.send_text(await agent.generate_reply(text))
    except WebSocketDisconnect:
        pass
