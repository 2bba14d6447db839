import json

from fastapi import FastAPI, WebSocket
from fastapi.responses import PlainTextResponse
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    if "x-key" not in websocket.headers:
        await websocket.send_denial_response(PlainTextResponse("no", 401))
        return
    await websocket.accept(subprotocol=None, headers=[(b"x-a", b"b")])
    message = {"type": "websocket.send", "text": json.dumps([name])}
    await websocket.send(message)
    await websocket.send({"type": "websocket.send", "text": "hello"})
    await websocket.send(dict(type="websocket.send", text="hello"))
    print(websocket.client, websocket.url, websocket.url.path, websocket.query_params)
    print(websocket.cookies, websocket.path_params, websocket.scope["path"], websocket.app)
    print(websocket.base_url, websocket.state, websocket.session if False else None)
    for key in websocket:
        print(key, websocket[key])
    websocket.state.open = True
    while websocket.application_state == WebSocketState.CONNECTED:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            break
        await websocket.send({**message, "text": received["text"]})
