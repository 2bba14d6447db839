from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from chat import router


async def left(websocket: WebSocket, error: Exception) -> None:
    print("left")


app = FastAPI()
app.add_exception_handler(WebSocketDisconnect, left)
app.include_router(router)
