"""The endpoint sends what the bus puts into the queue that it gave out."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from bus import bus

app = FastAPI()


@app.websocket("/events")
async def events(client: WebSocket):
    await client.accept()
    queue = bus.subscribe()  # here
    try:
        while True:
            event = await queue.get()
            await client.send_json(event)
    except WebSocketDisconnect:
        pass
    finally:
        bus.unsubscribe(queue)


@app.post("/events")
async def add_event(event: dict):
    bus.publish(event)
    return {"told": len(bus.subscribers)}
