from fastapi import FastAPI, WebSocket, WebSocketDisconnect


def create_app() -> FastAPI:
    app = FastAPI()
    clients = set()

    @app.websocket("/ws")
    async def echo(ws: WebSocket):
        await ws.accept()
        clients.add(ws)
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnect:
            clients.discard(ws)  # here

    return app


app = create_app()
