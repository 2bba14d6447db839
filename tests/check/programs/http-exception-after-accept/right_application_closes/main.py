from errors import on_http_error
from fastapi import FastAPI, HTTPException, WebSocket

app = FastAPI(exception_handlers={HTTPException: on_http_error})


def known(data: dict, key: str) -> str:
    if key not in data:
        raise HTTPException(422, key)
    return data[key]


@app.websocket("/orders")
async def orders(websocket: WebSocket):
    await websocket.accept()
    async for order in websocket.iter_json():
        if order.get("amount", 0) > 100:
            raise HTTPException(413)
        await websocket.send_text(known(order, "name"))
