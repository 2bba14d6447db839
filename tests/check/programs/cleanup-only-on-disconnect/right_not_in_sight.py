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
        pass
    finally:
        manager.disconnect(websocket, room)


@app.websocket("/upstream")
async def upstream(websocket: WebSocket):
    from somewhere_else.feeds import broker, feed

    await websocket.accept()
    await feed.connect("wss://example.org")  # that is not the client
    try:
        while True:
            await websocket.send_text(await feed.ask(await websocket.receive_text()))
    except WebSocketDisconnect:
        await feed.disconnect()
        broker.disconnect(websocket)


@app.websocket("/games/{game}")
async def game(websocket: WebSocket, game: str):
    from somewhere_else.games import games, say_goodbye

    await games.connect(websocket, game)
    try:
        while True:
            await games.play(game, await websocket.receive_text())
    except WebSocketDisconnect:
        games.disconnect(websocket, game)
    finally:
        await say_goodbye(websocket)  # who knows what that does
