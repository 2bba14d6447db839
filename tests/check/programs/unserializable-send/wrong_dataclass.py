import uuid
from dataclasses import dataclass
from decimal import Decimal

from fastapi import FastAPI, WebSocket

app = FastAPI()


@dataclass
class Trade:
    symbol: str
    price: float


def newest() -> Trade:
    return Trade("ACME", 7.5)


@app.websocket("/trade")
async def trade(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json(newest())  # here
    await websocket.close()


@app.websocket("/id")
async def identity(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json({"id": uuid.uuid4()})  # here
    await websocket.close()


@app.websocket("/list")
async def prices(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json([Decimal("1.5"), Decimal("2.5")])  # here
    await websocket.close()
