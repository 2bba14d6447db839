import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, WebSocket

router = APIRouter()


def interval(seconds: float = 1.0) -> float:
    return seconds


@router.websocket("/prices/{symbol}")
async def prices(ws: WebSocket, symbol: str, seconds: Annotated[float, Depends(interval)]):
    await ws.accept()
    price = 100.0
    while True:  # here
        try:
            await ws.send_json({"symbol": symbol, "price": price})
            price *= 1.001
            await asyncio.sleep(seconds)
        except Exception:
            break


app = FastAPI()
app.include_router(router)
