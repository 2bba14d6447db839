import itertools
import sqlite3

from fastapi import FastAPI, WebSocket

app = FastAPI()
FACES = 2 * 3


@app.websocket("/short")
async def short(websocket: WebSocket):
    await websocket.accept()
    for number in range(FACES**2):
        await websocket.send_text(str(number))
    for x, y in itertools.product(range(FACES), range(FACES)):
        await websocket.send_json([x, y])
    for text in itertools.repeat("knock", 3):
        await websocket.send_text(text)
    found = sqlite3.connect("notes.db").execute("select text from notes")
    for (text,) in found.fetchmany(20):
        await websocket.send_text(text)
    await websocket.close()
