from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter(prefix="/api")


async def by_id(websocket: WebSocket, job: str):
    await websocket.accept()
    await websocket.send_text(f"job {job}")
    await websocket.close()


async def watch_all(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("all")
    await websocket.close()


router.add_api_websocket_route("/jobs/{job}", by_id)
router.add_api_websocket_route("/jobs/all", watch_all)  # here


@router.websocket("/chat")
async def chat(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


@router.websocket("/chat")  # here
async def chat_again(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


app = FastAPI()
app.include_router(router)
