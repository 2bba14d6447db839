from fastapi import FastAPI, WebSocket, WebSocketException

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    if token == "banned":
        await websocket.close()
        return
    await websocket.accept()
    if token != "s3cret":
        await websocket.close(code=1008)
        return None
    if websocket.headers.get("x-old"):
        await websocket.close(code=1008)
        raise WebSocketException(1008)
    await websocket.send_text("welcome")
    while True:
        text = await websocket.receive_text()
        if text == "bye":
            await websocket.close()
            break
        if text == "hm":
            await websocket.send_text("hm?")
            continue
        await websocket.send_text(text)
    print("gone")


@app.websocket("/exclusive")
async def exclusive(websocket: WebSocket, token: str = ""):
    await websocket.accept()
    if token == "old":
        await websocket.close(4000)
    elif token == "new":
        await websocket.send_text("welcome")
        await websocket.close(4001)
    else:
        await websocket.close(4002)
    print("gone")


@app.websocket("/matched")
async def matched(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        match text.split():
            case ["bye", *_]:
                return await websocket.close()
            case _:
                await websocket.send_text(text)
