from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()
subscribers: list[WebSocket] = []


@router.websocket("/prices")
async def prices(client: WebSocket):
    await client.accept()
    subscribers.append(client)
    try:
        while True:
            symbol = await client.receive_text()
            await client.send_json({"symbol": symbol, "price": 1})
    except Exception as reason:
        print(f"client left: {reason!r}")
        subscribers.remove(client)  # here


app = FastAPI()
app.include_router(router)
