from fastapi import FastAPI, WebSocket


def create_app() -> FastAPI:
    app = FastAPI()
    current: WebSocket | None = None

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        nonlocal current
        await websocket.accept()
        current = websocket  # here
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    @app.post("/notify")
    async def notify(text: str) -> None:
        if current:
            await current.send_text(text)

    return app


app = create_app()
