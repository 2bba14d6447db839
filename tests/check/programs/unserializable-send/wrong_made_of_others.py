from datetime import datetime, timedelta
from decimal import Decimal

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/made")
async def made(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json({"until": datetime.now() + timedelta(days=1)})  # here
    await websocket.send_json({"day": datetime.now().date()})  # here
    await websocket.send_json({"price": Decimal("1.50") * 2})  # here
    await websocket.send_json(dict(at=datetime.now()))  # here
    await websocket.send_json({"letters": map(str.upper, "abc")})  # here
    await websocket.send_json({"headers": websocket.headers})  # here
    await websocket.send_json({"error": ValueError("no")})  # here
    message = {"kind": "time"}
    message["at"] = datetime.now()
    await websocket.send_json(message)  # here
    times = []
    times.append(datetime.now())
    await websocket.send_json({"times": times})  # here
    await websocket.close()
