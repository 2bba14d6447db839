from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from hospital.wards import desk
except ImportError:
    desk = None

app = FastAPI()


@app.websocket("/patients/{doctor}")
async def patients(websocket: WebSocket, doctor: int):
    await desk.doctor_connect(websocket, doctor)
    await websocket.send_json({"patients": await desk.patients_of(doctor)})  # here
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        await desk.doctor_disconnect(doctor)
