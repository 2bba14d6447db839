from fastapi import APIRouter, FastAPI, WebSocket
from starlette.routing import WebSocketRoute


def plain(websocket):  # here
    pass


def named(websocket: WebSocket):  # here
    websocket.accept()


def added(ws: WebSocket, room: str):  # here
    print(room)


def old(websocket):  # here
    print("old")


def appended(websocket):  # here
    print("appended")


router = APIRouter(prefix="/v1")
router.add_api_websocket_route("/rooms/{room}", added)

app = FastAPI(routes=[WebSocketRoute("/plain", plain), WebSocketRoute("/named", endpoint=named)])
app.router.add_websocket_route("/old", old)
app.router.routes.append(WebSocketRoute("/appended", appended))
app.include_router(router)
