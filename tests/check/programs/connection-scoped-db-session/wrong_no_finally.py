from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Pool:
    def acquire(self):
        return self

    def release(self):
        pass

    def execute(self, text):
        return text


pool = Pool()


def get_conn():
    conn = pool.acquire()
    yield conn
    conn.release()


@app.websocket("/ws")
async def queries(websocket: WebSocket, conn=Depends(get_conn)):  # here
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(conn.execute(await websocket.receive_text()))
    except WebSocketDisconnect:
        pass
