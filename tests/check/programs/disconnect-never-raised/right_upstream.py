from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from holdfast import Connection, Disconnected, Holdfast

app = FastAPI()
hf = Holdfast(app)
plain: list[WebSocket] = []


@hf.websocket("/ws")
async def mirror(conn: Connection[str]) -> None:
    async for text in conn:
        for websocket in list(plain):
            try:
                await websocket.send_text(text)
            except WebSocketDisconnect:
                plain.remove(websocket)
        try:
            await relay(conn, text)
        except Disconnected:
            return


async def relay(conn: Connection[str], text: str) -> None:
    await conn.send(text)
