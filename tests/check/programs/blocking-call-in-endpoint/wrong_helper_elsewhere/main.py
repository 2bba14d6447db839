from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect
from lookups import price_of

app = FastAPI()
router = APIRouter(prefix="/v1")


@router.websocket("/prices")
async def prices(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            symbol = await ws.receive_text()
            await ws.send_json({"symbol": symbol, "price": price_of(symbol)})  # here
    except WebSocketDisconnect:
        return


app.include_router(router)
