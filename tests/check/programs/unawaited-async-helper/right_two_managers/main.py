from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from managers import presence, rooms

app = FastAPI()


class Quiet:
    def publish(self, text: str) -> None: ...


class Loud(Quiet):
    async def publish(self, text: str) -> None: ...


def choose(name: str) -> Quiet:
    return Quiet()


def forget(registry, ws: WebSocket):
    registry.disconnect(ws)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    rooms.members.add(ws)
    presence.online.add(ws)
    choose("x").publish("hello")
    try:
        async for _ in ws.iter_text():
            pass
    except WebSocketDisconnect:
        pass
    finally:
        await rooms.disconnect(ws)
        presence.disconnect(ws)
        forget(presence, ws)
