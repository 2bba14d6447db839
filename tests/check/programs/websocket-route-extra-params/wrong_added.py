from fastapi import APIRouter, FastAPI, WebSocket
from starlette.routing import WebSocketRoute

router = APIRouter()


async def job(websocket: WebSocket, job_id: int):  # here
    await websocket.accept()
    await websocket.send_json(job_id)
    await websocket.close()


async def log(conn: WebSocket, level: str):  # here
    await conn.accept()
    await conn.send_text(level)
    await conn.close()


router.add_websocket_route("/jobs/{job_id}", job)
app = FastAPI()
app.include_router(router)
app.router.routes.append(WebSocketRoute("/log/{level}", log))
