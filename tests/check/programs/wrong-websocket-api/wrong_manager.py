import json

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect


class Manager:
    def __init__(self):
        self.sockets: dict[str, WebSocket] = {}

    async def tell(self, message: dict):
        for name, socket in list(self.sockets.items()):
            if socket.closed:  # here
                del self.sockets[name]
            else:
                await socket.send(json.dumps(message))  # here

    async def greet(self, socket: WebSocket, name: str):
        await socket.send(f"Hello {name} from {socket.remote_address}")  # here


manager = Manager()
router = APIRouter()


@router.websocket("/ws/{name}")
async def endpoint(socket: WebSocket, name: str):
    await socket.accept()
    manager.sockets[name] = socket
    try:
        while socket.open:  # here
            await manager.tell(await socket.receive_json())
            await socket.send({"text": "told"})  # here
    except WebSocketDisconnect:
        manager.sockets.pop(name, None)


app = FastAPI()
app.include_router(router)
