"""The loop is left at once after the change."""

from dataclasses import dataclass

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@dataclass
class Client:
    ws: WebSocket
    name: str


clients: list[Client] = []
waiting: dict[str, WebSocket] = {}


def remove(ws: WebSocket) -> None:
    for client in clients:
        if client.ws is ws:
            clients.remove(client)
            break


def remove_by_name(name: str) -> bool:
    for client in clients:
        if client.name == name:
            clients.remove(client)
            return True
    return False


def partner_for(name: str) -> WebSocket | None:
    for other, socket in waiting.items():
        if other != name:
            del waiting[other]
            return socket
    return None


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    clients.append(Client(ws, name))
    waiting[name] = ws
    try:
        while True:
            await ws.receive_text()
            if partner := partner_for(name):
                await partner.send_text("found")
    except WebSocketDisconnect:
        pass
    finally:
        remove(ws)
        waiting.pop(name, None)
        remove_by_name(name)
