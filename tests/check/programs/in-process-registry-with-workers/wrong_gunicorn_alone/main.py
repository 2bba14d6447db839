import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
app.state.tills = {}


@app.websocket("/tills/{number}")
async def till(websocket: WebSocket, number: int) -> None:
    await websocket.accept()
    tills = websocket.app.state.tills
    tills[id(websocket)] = websocket
    try:
        async for text in websocket.iter_text():
            other = tills.get(int(text))
            if other is not None:
                await asyncio.wait_for(other.send_text(f"till {number} calls"), 1)
    finally:
        tills.pop(id(websocket), None)
