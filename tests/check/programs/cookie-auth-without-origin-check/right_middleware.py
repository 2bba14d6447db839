from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class TrustedOriginMiddleware:
    def __init__(self, app, allowed):
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope, receive, send):
        if scope["type"] == "websocket":
            headers = dict(scope["headers"])
            if headers.get(b"origin", b"").decode() not in self.allowed:
                await receive()
                await send({"type": "websocket.close"})
                return
        await self.app(scope, receive, send)


app.add_middleware(TrustedOriginMiddleware, allowed=["https://app.example.com"])


@app.websocket("/ws")
async def account(websocket: WebSocket):
    user = websocket.cookies.get("session")
    if user is None:
        await websocket.close()
        return
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{user}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
