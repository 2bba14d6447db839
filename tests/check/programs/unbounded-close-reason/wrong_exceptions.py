from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect, WebSocketException
from pydantic import BaseModel, ValidationError

app = FastAPI()


class Order(BaseModel):
    item: str
    count: int


async def work(text: str) -> str:
    if "x" in text:
        raise RuntimeError(text)
    if "h" in text:
        raise HTTPException(400, detail=text)
    return text


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(await work(text))
    except WebSocketDisconnect:
        pass
    except HTTPException as exc:
        await websocket.close(code=1008, reason=exc.detail)  # here
    except Exception as e:
        await websocket.close(code=1011, reason=str(e))  # here


@app.websocket("/orders")
async def orders(ws: WebSocket):
    await ws.accept()
    try:
        order = Order.model_validate_json(await ws.receive_text())
    except ValidationError as error:
        await ws.close(1007, f"invalid order: {error}")  # here
        return
    try:
        await ws.send_text(await work(order.item))
    except RuntimeError as error:
        raise WebSocketException(1011, reason=f"failed: {error!r}") from error  # here
    await ws.close()
