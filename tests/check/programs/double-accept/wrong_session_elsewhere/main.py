import members
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/topics/{topic}")
async def subscribe(websocket: WebSocket, topic: str) -> None:
    member = members.Member(websocket, topic)
    await member.open()
    await websocket.accept()  # here
    async for text in websocket.iter_text():
        await member.say(text)
