from fastapi import FastAPI, WebSocket

SESSION_COOKIE = "sid"
sessions: dict[str, str] = {}


def create_app() -> FastAPI:
    app = FastAPI()

    @app.websocket("/logs")
    async def logs(websocket: WebSocket) -> None:
        user = sessions.get(websocket.cookies.get(SESSION_COOKIE, ""))  # here
        if user is None:
            await websocket.close()
            return
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(f"{user}: {text}")

    return app


app = create_app()
