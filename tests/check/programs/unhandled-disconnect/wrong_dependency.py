"""A dependency sees the end of the client, and raises it again."""

from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket


class Session:
    def __init__(self) -> None:
        self.rows: list[str] = []


async def session():
    found = Session()
    try:
        yield found
    except Exception:
        found.rows.clear()
        raise


app = FastAPI()


@app.websocket("/rows")
async def rows(ws: WebSocket, found: Annotated[Session, Depends(session)]):
    await ws.accept()
    while True:
        found.rows.append(await ws.receive_text())  # here
