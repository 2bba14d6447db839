import itertools
import os

from fastapi import FastAPI, WebSocket

app = FastAPI()
SAMPLES = 48 * 1000
LARGEST = 1 << 20


@app.websocket("/calculated")
async def calculated(websocket: WebSocket):
    await websocket.accept()
    for number in range(SAMPLES):
        await websocket.send_text(str(number))  # here
    for number in range(0, LARGEST, 10**2):
        await websocket.send_text(str(number))  # here
    for x, y in itertools.product(range(200), range(200)):
        await websocket.send_json([x, y])  # here
    for folder, _, _ in os.walk("/srv"):
        await websocket.send_text(folder)  # here
    with open("/srv/sound", "rb") as file:
        for piece in iter(lambda: file.read(512), b""):
            await websocket.send_bytes(piece)  # here
    await websocket.close()
