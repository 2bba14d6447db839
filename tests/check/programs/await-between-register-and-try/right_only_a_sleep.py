import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
tables: dict[str, list[WebSocket]] = {}


@app.websocket("/tables/{table}")
async def table(websocket: WebSocket, table: str):
    await websocket.accept()
    tables.setdefault(table, []).append(websocket)
    await asyncio.sleep(0.5)
    try:
        async for card in websocket.iter_text():
            await websocket.send_text(card)
    except WebSocketDisconnect:
        print("gone")
    finally:
        tables[table].remove(websocket)
        if not tables[table]:
            del tables[table]
