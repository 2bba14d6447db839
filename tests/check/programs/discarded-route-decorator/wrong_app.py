from fastapi import FastAPI, WebSocket

app = FastAPI()


app.websocket("/ws")  # here


async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


@app.get("/")
def index():
    return "hello"


app.websocket("/rooms/{room}", name="room")  # here


async def room_endpoint(room: str, ws: WebSocket):
    await ws.accept()
    await ws.send_text(room)
    await ws.close()
