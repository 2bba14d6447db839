from fastapi import FastAPI, WebSocket

app = FastAPI()
cache: dict[str, str] = {}


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    async for text in ws.iter_text():
        cache[text] = text.upper()
        await ws.send_text(cache[text])


if __name__ == "__main__":
    import uvicorn

    uvicorn.run("right_no_registry:app", workers=4)
