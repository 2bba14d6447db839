from fastapi import FastAPI, WebSocket
from routers import live


@live.websocket("/live")
def on_a_router_from_elsewhere(socket: WebSocket):  # here
    """Does nothing yet."""


def build() -> FastAPI:
    application = FastAPI()

    @application.websocket("/inner")
    def inner(socket: WebSocket):  # here
        print(socket.headers)

    application.include_router(live)
    return application


app = build()
