from datetime import datetime, timedelta
from decimal import Decimal

from fastapi import FastAPI, WebSocket

app = FastAPI()


def stamped(message: dict) -> dict:
    message["at"] = datetime.now()
    message["at"] = message["at"].isoformat()
    return message


@app.websocket("/made")
async def made(websocket: WebSocket):
    await websocket.accept()
    started = datetime.now()
    await websocket.send_json({"late": datetime.now() > started + timedelta(days=1)})
    await websocket.send_json({"hours": (datetime.now() - started) / timedelta(hours=1)})
    await websocket.send_json({"days": (datetime.now() - started).days, "year": started.year})
    await websocket.send_json({"price": float(Decimal("1.50") * 2)})
    await websocket.send_json({"letters": [*map(str.upper, "abc")]})
    await websocket.send_json({"headers": dict(websocket.headers), "path": websocket.url.path})
    await websocket.send_json(stamped({"kind": "stamped"}))
    message = {"kind": "time"}
    message["at"] = datetime.now()
    message["at"] = str(message["at"])
    await websocket.send_json(message)
    times = []
    times.append(datetime.now().isoformat())
    await websocket.send_json({"times": times})
    await websocket.close()
