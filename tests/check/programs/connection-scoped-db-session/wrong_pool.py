from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


async def connection(websocket: WebSocket):
    async with websocket.app.state.pool.acquire() as conn:
        yield conn


@app.websocket("/rows")
async def rows(websocket: WebSocket, conn=Depends(connection)):  # here
    await websocket.accept()
    async for name in websocket.iter_text():
        await websocket.send_json(await conn.fetch("select $1", name))
