from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
app.state.guests = []


@app.websocket("/party")
async def party(websocket: WebSocket) -> None:
    await websocket.accept()
    guests = websocket.app.state.guests
    guests.append(websocket)
    try:
        while True:
            toast = await websocket.receive_text()
            for guest in list(guests):
                try:
                    await guest.send_text(toast)
                except Exception:
                    guests.remove(guest)  # here
    except WebSocketDisconnect:
        guests.remove(websocket)  # here
