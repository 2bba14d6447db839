from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from answers import Generator
except ImportError:
    Generator = object

app = FastAPI()
generator = Generator()


@app.websocket("/ask")
async def ask(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            question = await websocket.receive_text()
            async for token in generator.generate_stream(question):  # here
                await websocket.send_text(token)
    except WebSocketDisconnect:
        pass
