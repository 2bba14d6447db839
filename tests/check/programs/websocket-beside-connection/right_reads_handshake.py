from fastapi import FastAPI, WebSocket
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str], websocket: WebSocket) -> None:
    agent = websocket.headers.get("user-agent", "")
    async for text in conn:
        await conn.send(f"{agent} {websocket.url.path} {text}")
