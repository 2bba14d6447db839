from fastapi import FastAPI, HTTPException, WebSocket, status
from fastapi.responses import JSONResponse

app = FastAPI()


class Upstream:
    """A client of another server, with a `close` of its own."""

    async def close(self, code: int = 0) -> None:
        print("closed with", code)


class Door:
    async def close(self, times: int) -> None:
        print("closed", times)


async def proxy() -> None:
    import websockets

    async with websockets.connect("ws://localhost:1/") as ws:
        await ws.close(code=1006)


def check(client):
    """A test: the client says how it ended."""
    with client.websocket_connect("/ws") as ws:
        ws.close(code=1006)


@app.get("/http")
async def http():
    raise HTTPException(status.HTTP_401_UNAUTHORIZED)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    if not websocket.headers.get("x-key"):
        await websocket.send_denial_response(JSONResponse({}, status_code=401))
        return
    await websocket.accept()
    await Upstream().close(code=1006)
    await Door().close(401)
    if websocket.headers["x-key"] == "old":
        raise HTTPException(status_code=404)
    await websocket.close(code=1000, reason="401")
