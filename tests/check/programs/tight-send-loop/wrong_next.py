from fastapi import FastAPI, WebSocket

app = FastAPI()


def pieces(path: str):
    with open(path) as file:
        yield from file


@app.websocket("/many")
async def many(websocket: WebSocket, path: str):
    await websocket.accept()
    found = pieces(path)
    while True:
        piece = next(found, None)
        if piece is None:
            break
        await websocket.send_text(piece)  # here
    await websocket.close()
