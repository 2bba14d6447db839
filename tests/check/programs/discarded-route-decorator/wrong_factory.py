from fastapi import FastAPI, WebSocket

PATH = "/echo"


def create_app() -> FastAPI:
    application = FastAPI()

    application.websocket(PATH)  # here

    async def echo(websocket: WebSocket):
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    return application


app = create_app()


class Server:
    def __init__(self):
        self.app = FastAPI()
        self.app.websocket("/status")  # here

        async def status(websocket: WebSocket):
            await websocket.accept()
            await websocket.close()


app.mount("/server", Server().app)
