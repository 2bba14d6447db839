from fastapi import APIRouter, FastAPI, WebSocket

app = FastAPI()
router = APIRouter()


async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


app.websocket("/called")(endpoint)
register = app.websocket("/assigned")


async def assigned(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


register(assigned)
app.add_api_websocket_route("/added", endpoint)


async def after_a_call(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


router.websocket("/routed")(after_a_call)
app.include_router(router)
