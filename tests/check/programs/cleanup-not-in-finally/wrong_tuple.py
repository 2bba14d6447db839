from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients = set()


def forget(conn):
    clients.discard(conn)
    print(len(clients), "are left")


@app.websocket("/ws")
async def endpoint(conn: WebSocket):
    await conn.accept()
    clients.add(conn)
    try:
        async for message in conn.iter_json():
            await conn.send_json(message)
        forget(conn)
    except (WebSocketDisconnect, Exception):
        forget(conn)  # here
