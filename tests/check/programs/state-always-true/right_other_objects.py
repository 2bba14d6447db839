from dataclasses import dataclass, field

from fastapi import FastAPI, WebSocket

app = FastAPI()


@dataclass
class Flags:
    CONNECTED: bool = False
    DISCONNECTED: bool = True


@dataclass
class Broker:
    """Its state holds booleans."""

    client_state: Flags = field(default_factory=Flags)
    state: Flags = field(default_factory=Flags)


broker = Broker()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    if broker.state.CONNECTED:
        await websocket.send_text("connected")
    while broker.client_state.CONNECTED:
        await websocket.send_text("connected")
    await websocket.close()
