from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from sessions import Sessions

app = FastAPI()
sessions = Sessions()


@app.websocket("/groups/{group}")
async def group_socket(socket: WebSocket, group: str) -> None:
    await sessions.open(group, socket)
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        await sessions.close(group, socket)  # here
    except Exception:
        await sessions.close(group, socket)
        raise
