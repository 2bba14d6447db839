from fastapi import APIRouter, FastAPI, WebSocket

PREFIX = "/v1"
chat = APIRouter(prefix="/chat")
news = APIRouter(prefix="/news")
app = FastAPI()
inner = FastAPI()


@app.get("/chat/{room}")
def http_first(room: str):
    return room


@chat.websocket("/{room}")
async def room(websocket: WebSocket, room: str):
    await websocket.accept()
    await websocket.close()


@news.websocket("/latest")
async def latest(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


@inner.websocket("/{anything}")
async def anything(websocket: WebSocket, anything: str):
    await websocket.accept()
    await websocket.close()


@app.websocket(PREFIX + "/{anything}")
async def versioned(websocket: WebSocket, anything: str):
    await websocket.accept()
    await websocket.close()


@app.websocket("/v2/status")
async def status(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


@app.get("/v2/status")
def http_status():
    return "ok"


app.include_router(chat)
app.include_router(news)
app.mount("/inner", inner)
