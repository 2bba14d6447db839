from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()


@router.websocket("/audio")
async def audio(ws: WebSocket):
    await ws.accept()
    received = 0
    while True:
        data = await ws.receive()  # here
        if data.get("bytes"):
            received += len(data["bytes"])
            await ws.send_json({"received": received})
        if text := data.get("text"):
            await ws.send_text(text)


app = FastAPI()
app.include_router(router)
