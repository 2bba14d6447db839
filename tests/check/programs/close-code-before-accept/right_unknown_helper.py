from collections.abc import Awaitable, Callable

from fastapi import FastAPI, WebSocket

app = FastAPI()
app.state.admit = WebSocket.accept
Gate = Callable[[WebSocket], Awaitable[None]]
gates: list[Gate] = [WebSocket.accept]


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await app.state.admit(websocket)
    await websocket.close(code=4000)


@app.websocket("/gates")
async def through_gates(websocket: WebSocket):
    for gate in gates:
        await gate(websocket)
    await websocket.close(code=4000)
