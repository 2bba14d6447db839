from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter(prefix="/api")
router.websocket(path="/live")  # here


async def live(socket: WebSocket) -> None:
    """Prices, as they come."""
    await socket.accept()
    await socket.close()


router.websocket_route("/old")  # here


# The old way.
async def old(websocket):
    await websocket.accept()
    await websocket.close()


app = FastAPI()
app.include_router(router)
