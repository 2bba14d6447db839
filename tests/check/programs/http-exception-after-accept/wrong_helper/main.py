from fastapi import FastAPI, WebSocket

from items import get_item

app = FastAPI()


@app.get("/items/{name}")
def item(name: str):
    return get_item(name)


@app.websocket("/ws")
async def endpoint(conn: WebSocket):
    await conn.accept()
    async for name in conn.iter_text():
        await conn.send_json(get_item(name))  # here
