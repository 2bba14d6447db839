from fastapi import Depends, FastAPI, Request, WebSocket

app = FastAPI()


def either(request: Request = None, websocket: WebSocket = None) -> str:
    connection = request or websocket
    return connection.headers.get("x-user", "nobody")


async def optional(*, request: Request = None) -> str:
    return str(request.url) if request else "a WebSocket"


@app.get("/me")
def me(user=Depends(either)):
    return user


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user=Depends(either), where=Depends(optional)):
    await websocket.accept()
    await websocket.send_json([user, where])
    await websocket.close()
