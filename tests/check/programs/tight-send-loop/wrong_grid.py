from fastapi import FastAPI, WebSocket

try:
    from sqlalchemy import select
except ImportError:
    select = None

app = FastAPI()
WIDTH, HEIGHT = 160, 120


@app.websocket("/image")
async def image(websocket: WebSocket):
    await websocket.accept()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            await websocket.send_json([x, y, x * y % 256])  # here
    await websocket.close()


def found(db, table) -> list:
    return list(db.scalars(select(table).order_by(table.id)))


@app.websocket("/history")
async def history(websocket: WebSocket):
    await websocket.accept()
    for one in found(app.state.db, app.state.table):
        await websocket.send_text(one.text)  # here
    for one in app.state.db.query(app.state.table).filter(app.state.wanted).all():
        await websocket.send_text(one.text)  # here
    await websocket.close()


events: list[dict] = []


@app.post("/events")
async def add(event: dict) -> dict:
    event["number"] = len(events)
    events.append(event)
    return event


@app.websocket("/events")
async def replayed(websocket: WebSocket):
    await websocket.accept()
    for event in events:
        await websocket.send_json(event)  # here
    await websocket.close()
