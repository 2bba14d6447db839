from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import PlainTextResponse

app = FastAPI()
ALLOWED = {"https://app.example.com"}
USERS = {"s3cret": "ada"}


@app.middleware("http")
async def same_site(request: Request, call_next):
    # Runs for requests, and for no WebSocket.
    if request.method != "GET" and request.headers.get("origin") not in ALLOWED:
        return PlainTextResponse("foreign", 403)
    return await call_next(request)


@app.get("/where")
async def where(request: Request):
    return {"origin": request.headers.get("origin")}


@app.websocket("/ws")
async def account(websocket: WebSocket):
    user = USERS.get(websocket.cookies.get("session", ""))  # here
    if user is None:
        await websocket.close()
        return
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{user}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
