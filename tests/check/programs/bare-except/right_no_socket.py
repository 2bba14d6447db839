import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def load(name: str) -> str:
    try:
        await asyncio.sleep(0)
        return name.upper()
    except:
        return ""


@app.get("/item")
async def item(name: str):
    try:
        return await load(name)
    except:
        return None


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text(await load("x"))
    await websocket.close()
