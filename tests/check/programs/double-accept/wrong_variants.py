"""More ways to write it."""

from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


class Conn1:
    def __init__(self, ws: WebSocket):
        self.ws = ws

    async def run(self):
        await self.ws.accept()
        await self.ws.accept()  # here


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await Conn1(websocket).run()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    if websocket.headers.get("x"):
        await websocket.accept("x")  # here
    await websocket.close()


async def get_user_3(websocket: WebSocket):
    await websocket.accept()
    return "x"


@app.websocket("/3")
async def case_3(websocket: WebSocket, user: str = Depends(get_user_3)):
    await websocket.accept()  # here
    await websocket.close()


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    try:
        await websocket.accept()
        await websocket.send_text("x")
    except Exception:
        await websocket.accept()  # here
        await websocket.close(1011)
        return
    await websocket.close()
