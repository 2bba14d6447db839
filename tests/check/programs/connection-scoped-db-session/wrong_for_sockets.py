from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()
opened = []


class Library:
    def close(self):
        opened.remove(self)


def get_websocket_db():
    library = Library()
    opened.append(library)
    try:
        yield library
    finally:
        library.close()


@app.get("/open")
async def count():
    return len(opened)


@app.websocket("/ws")
async def notes(websocket: WebSocket, books=Depends(get_websocket_db)):  # here
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"{text}: {len(opened)}")
