from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

try:
    import aiohttp
except ImportError:
    aiohttp = None

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active = set()

    async def connect(self, websocket: WebSocket):
        await websocket.accept()
        self.active.add(websocket)

    def disconnect(self, websocket: WebSocket):
        self.active.discard(websocket)


manager = ConnectionManager()


class GameSession:
    def close(self):
        pass


async def get_connection(websocket: WebSocket):
    await manager.connect(websocket)
    try:
        yield manager
    finally:
        manager.disconnect(websocket)


async def accepted(websocket: WebSocket):
    await websocket.accept()
    try:
        yield websocket
    finally:
        await websocket.close()


async def http_session():
    async with aiohttp.ClientSession() as session:
        yield session


def game_session():
    session = GameSession()
    try:
        yield session
    finally:
        session.close()


@app.websocket("/a")
async def a(websocket: WebSocket, connection=Depends(get_connection)):
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass


@app.websocket("/b")
async def b(connection: WebSocket = Depends(accepted), session=Depends(http_session)):
    async for text in connection.iter_text():
        await connection.send_text(text)


@app.websocket("/c")
async def c(websocket: WebSocket, session: GameSession = Depends(game_session)):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
