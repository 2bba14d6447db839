from fastapi import FastAPI, WebSocket

app = FastAPI()
WIDTH, HEIGHT = 8, 8


def recent(db, table) -> list:
    return db.query(table).order_by(table.id.desc()).limit(20).all()


@app.websocket("/board")
async def board(websocket: WebSocket):
    await websocket.accept()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            await websocket.send_json([x, y])
    for one in recent(app.state.db, app.state.table):
        await websocket.send_text(one.text)
    await websocket.close()
