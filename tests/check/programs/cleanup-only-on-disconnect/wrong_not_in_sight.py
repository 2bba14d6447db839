from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/rooms/{room}")
async def room(websocket: WebSocket, room: str):
    from somewhere_else.connections import manager

    await manager.connect(websocket, room)
    try:
        while True:
            await manager.broadcast(await websocket.receive_text(), room)
    except WebSocketDisconnect:
        manager.disconnect(websocket, room)  # here


@app.websocket("/lobby/{player}")
async def lobby(socket: WebSocket, player: str):
    from somewhere_else.lobby import connect, disconnect

    await connect(player, socket=socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        await disconnect(player)  # here
