try:
    from openai import AsyncOpenAI
except ImportError:
    AsyncOpenAI = None
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/chat")
async def chat(websocket: WebSocket):
    await websocket.accept()
    client = AsyncOpenAI()
    history = []
    try:
        while True:
            question = await websocket.receive_text()
            history.append({"role": "user", "content": question})
            answer = await client.chat.completions.create(  # here
                model="gpt-4o", messages=history
            )
            await websocket.send_text(answer.choices[0].message.content)
    except WebSocketDisconnect:
        pass
