"""Who was given the socket may send when something is processed."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Nothing:
    def __getattr__(self, name):
        raise AttributeError(name)


try:
    from somewhere import service
except ImportError:
    service = Nothing()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    service.attach(websocket)
    try:
        async for text in websocket.iter_text():
            await service.process(text)
    except WebSocketDisconnect:
        service.detach(websocket)
