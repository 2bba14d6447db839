"""What stands after the loop never runs."""

from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter(prefix="/v1")
online = set()


@router.websocket("/presence/{user}")
async def presence(ws: WebSocket, user: str) -> None:
    await ws.accept()
    online.add(user)
    running = True
    while running:
        message = await ws.receive_json()  # here
        if message.get("type") == "bye":
            running = False
        else:
            await ws.send_json({"online": sorted(online)})
    online.discard(user)
    await ws.close()


app = FastAPI()
app.include_router(router)
