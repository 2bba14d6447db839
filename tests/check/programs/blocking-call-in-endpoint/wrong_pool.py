from contextlib import contextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import psycopg2.pool
except ImportError:
    psycopg2 = None

app = FastAPI()


class Positions:
    def __init__(self) -> None:
        self.pool = psycopg2.pool.ThreadedConnectionPool(1, 10, "dbname=fleet")

    @contextmanager
    def cursor(self):
        connection = self.pool.getconn()
        try:
            with connection.cursor() as cursor:
                yield cursor
            connection.commit()  # here
        finally:
            self.pool.putconn(connection)


@app.websocket("/trucks/{truck}")
async def truck(websocket: WebSocket, truck: int):
    await websocket.accept()
    positions = Positions()
    try:
        async for position in websocket.iter_text():
            with positions.cursor() as cursor:
                cursor.execute("update trucks set at = %s where id = %s", (position, truck))  # here
    except WebSocketDisconnect:
        pass
