import fastapi
import starlette.requests
from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter(prefix="/live")


@router.websocket("/prices")
async def prices(ws: WebSocket, request: fastapi.Request):  # here
    await ws.accept()
    await ws.send_text(str(request.url))
    await ws.close()


async def added(
    socket: WebSocket,
    name: str,
    request: starlette.requests.Request,  # here
):
    await socket.accept()
    await socket.send_text(f"{name} {request.client}")
    await socket.close()


app = FastAPI()
app.include_router(router)
app.add_api_websocket_route("/added/{name}", added)
