import json
import logging

from fastapi import FastAPI, HTTPException, WebSocket

app = FastAPI()
log = logging.getLogger(__name__)


class Report:
    def close(self, code: int, reason: str) -> None:
        log.error("%s: %s", code, reason)


@app.get("/http")
async def http():
    try:
        return json.loads("{}")["a"]
    except KeyError as e:
        raise HTTPException(404, detail=f"not there: {e}") from e


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        raise RuntimeError(await websocket.receive_text())
    except RuntimeError as e:
        Report().close(1011, reason=str(e))
        await websocket.send_json({"error": str(e)})
        await websocket.close(code=1011, reason="failed")
        log.exception("failed: %s", e)


@app.websocket("/upstream")
async def upstream(websocket: WebSocket):
    await websocket.accept()
    e = await websocket.receive_text()
    error = str(len(e))
    await websocket.close(1000, error)
