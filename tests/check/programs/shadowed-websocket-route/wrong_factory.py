from fastapi import FastAPI, WebSocket


def create_app() -> FastAPI:
    app = FastAPI()

    @app.websocket("/{room}/{user}")
    async def member(websocket: WebSocket, room: str, user: str):
        await websocket.accept()
        await websocket.close()

    @app.websocket("/{room}/admin")  # here
    async def admin(websocket: WebSocket, room: str):
        await websocket.accept()
        await websocket.close()

    return app


app = create_app()
