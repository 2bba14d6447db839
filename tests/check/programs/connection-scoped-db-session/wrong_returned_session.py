from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

try:
    from sqlalchemy.orm import Session
except ImportError:

    class Session:
        def close(self):
            pass


app = FastAPI()


def provide():
    return Session()


@app.websocket("/ws")
async def notes(socket: WebSocket, db: Session = Depends(provide)):  # here
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        db.close()
