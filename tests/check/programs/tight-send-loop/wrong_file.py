"""Lines of a file, chunks of a file, slices of bytes."""

import csv

from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()


@router.websocket("/lines")
async def lines(ws: WebSocket):
    await ws.accept()
    with open(__file__) as file:
        for line in file:
            await ws.send_text(line)  # here
    await ws.close()


@router.websocket("/chunks")
async def chunks(ws: WebSocket):
    await ws.accept()
    with open(__file__, "rb") as file:
        while chunk := file.read(16):
            await ws.send_bytes(chunk)  # here
    with open(__file__, "rb") as file:
        while True:
            chunk = file.read(16)
            if not chunk:
                break
            await ws.send_bytes(chunk)  # here
    await ws.close()


@router.websocket("/slices")
async def slices(ws: WebSocket, size: int = 16):
    await ws.accept()
    data = bytes(1_000_000)
    for start in range(0, len(data), size):
        await ws.send_bytes(data[start : start + size])  # here
    await ws.close()


@router.websocket("/rows")
async def rows(ws: WebSocket, count: int = 10_000):
    await ws.accept()
    with open(__file__) as file:
        for row in csv.reader(file):
            await ws.send_json(row)  # here
    for number in range(count):
        await ws.send_text(f"{number}")  # here
    await ws.close()


app = FastAPI()
app.include_router(router)
