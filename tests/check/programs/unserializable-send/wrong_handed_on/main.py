from datetime import datetime, timezone
from uuid import UUID, uuid4

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

from outlet import Outlet, event

app = FastAPI()
outlet = Outlet()


class Ticket(BaseModel):
    id: UUID
    title: str


def stamped(title: str) -> dict:
    return {"title": title, "at": datetime.now(timezone.utc)}


@app.websocket("/tickets")
async def tickets(websocket: WebSocket):
    await websocket.accept()
    outlet.peers.append(websocket)
    try:
        while True:
            title = await websocket.receive_text()
            await outlet.to_all({"title": title, "at": datetime.now(timezone.utc)})  # here
            await outlet.announce(websocket, Ticket(id=uuid4(), title=title))  # here
            await websocket.send_json(stamped(title))  # here
            await outlet.announce(websocket, title)
            await outlet.to_all(event("opened", title))
    except WebSocketDisconnect:
        outlet.peers.remove(websocket)
