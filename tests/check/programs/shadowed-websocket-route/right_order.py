from fastapi import APIRouter, FastAPI, WebSocket

app = FastAPI()
router = APIRouter()


async def serve(websocket: WebSocket, name: str = ""):
    await websocket.accept()
    await websocket.send_text(name)
    await websocket.close()


@app.websocket("/ws/special")
async def special(websocket: WebSocket):
    await serve(websocket, "special")


@app.websocket("/ws/{session_id}")
async def session(websocket: WebSocket, session_id: str):
    await serve(websocket)


@app.websocket("/ws/{session_id}/events")
async def events(websocket: WebSocket, session_id: str):
    await serve(websocket, "events")


@app.websocket("/ws/")
async def slash(websocket: WebSocket):
    await serve(websocket)


@router.websocket("/jobs/{job}")
async def job(websocket: WebSocket, job: str):
    await serve(websocket)


@app.websocket("/jobs/all")
async def all_jobs(websocket: WebSocket):
    await serve(websocket)


app.include_router(router, prefix="/v1")
