import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import redis.asyncio as redis
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

    sessions = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))
except ImportError:
    redis = AsyncSession = sessions = None

app = FastAPI()


class Shop:
    def __init__(self, time):
        self.time = time

    def sleep(self, seconds):
        return self.time + seconds


shop = Shop(0)


async def count(db: "AsyncSession"):
    return (await db.execute("select 1")).scalar()


@app.websocket("/ws")
async def mixed(websocket: WebSocket):
    await websocket.accept()
    client = redis.Redis()
    try:
        while True:
            key = await websocket.receive_text()
            async with sessions() as db:
                rows = await db.execute("select 1")
                total = await count(db)
            value = await client.get(key)
            await asyncio.sleep(1)
            await websocket.send_json([rows.all(), total, value, shop.sleep(1)])
    except WebSocketDisconnect:
        pass
