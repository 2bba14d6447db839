"""Text is only passed on; .get with isinstance; a helper in a try of the caller."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ValidationError

app = FastAPI()


class Ask(BaseModel):
    q: str


async def answer(ws: WebSocket, raw: str) -> None:
    ask = Ask.model_validate_json(raw)
    await ws.send_text(ask.q[::-1])


@app.websocket("/ask")
async def ask(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            raw = await ws.receive_text()
            try:
                await answer(ws, raw)
            except ValidationError as exc:
                await ws.send_json({"errors": exc.error_count()})
    except (WebSocketDisconnect, KeyError):
        pass
