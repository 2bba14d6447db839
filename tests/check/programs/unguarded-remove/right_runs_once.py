"""Whoever ends a session first ends it for all."""

from fastapi import FastAPI, WebSocket

app = FastAPI()
sessions: list["Session"] = []


class Session:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.is_over = False

    def begin(self) -> None:
        sessions.append(self)

    def end(self) -> None:
        if self.is_over:
            return
        self.is_over = True
        sessions.remove(self)


async def tell(text: str) -> None:
    for session in list(sessions):
        try:
            await session.websocket.send_text(text)
        except Exception:
            session.end()


@app.websocket("/ws")
async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    session = Session(websocket)
    session.begin()
    try:
        async for text in websocket.iter_text():
            await tell(text)
    finally:
        session.end()
