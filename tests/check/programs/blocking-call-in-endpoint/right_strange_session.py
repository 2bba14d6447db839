from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/devices/{name}")
async def device(websocket: WebSocket, name: str):
    import redis.asyncio as redis

    from somewhere_else.database import AsyncSessionLocal, SessionLocal
    from somewhere_else.models import choose

    redis = redis.Redis()
    await websocket.accept()
    async for text in websocket.iter_text():
        async with AsyncSessionLocal() as db:
            found = await db.execute(choose(name))
        async with SessionLocal() as session:
            await session.execute(choose(text))
            await session.commit()
        await redis.set(name, text)
        await websocket.send_text(str(found))
