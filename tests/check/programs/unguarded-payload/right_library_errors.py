from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import msgspec
except ImportError:  # not needed to read this
    msgspec = None

app = FastAPI()


class Dispatcher:
    async def answer(self, raw: str) -> dict[str, Any]:
        try:
            request = msgspec.json.decode(raw, type=dict[str, str])
        except msgspec.MsgspecError:
            return {"error": "parse"}
        return {"result": request.get("method")}


dispatcher = Dispatcher()


@app.websocket("/rpc")
async def rpc(conn: WebSocket) -> None:
    await conn.accept()
    try:
        while True:
            await conn.send_json(await dispatcher.answer(await conn.receive_text()))
    except WebSocketDisconnect:
        pass
