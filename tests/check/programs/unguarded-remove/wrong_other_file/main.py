from fastapi import FastAPI, WebSocket

from manager import topics

app = FastAPI()


@app.websocket("/topics/{topic}")
async def topic_socket(websocket: WebSocket, topic: str):
    await websocket.accept()
    topics.subscribe(topic, websocket)
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        await topics.unsubscribe(topic, websocket)
