from fastapi import FastAPI, WebSocket
from gates import Gate

app = FastAPI()


@app.websocket("/gate")
async def enter(ws: WebSocket):
    await ws.accept()
    gate = Gate(ws)
    login = await ws.receive_json()
    if "token" not in login:
        await gate.refuse(401, "log in first")  # here
        return
    if login["token"] == "old":
        await gate.refuse_status(403)
        return
    await gate.refuse(4000)
