import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/call")
async def call(websocket: WebSocket):
    await websocket.accept()
    heard: list[str] = []

    async def hang_up():
        try:
            await websocket.close()
        except Exception as error:
            print(error)

    try:
        async for message in websocket.iter_text():
            event = json.loads(message)
            if event["event"] == "media":
                heard.append(event["media"])
            elif event["event"] == "stop":
                await hang_up()
                break
    except WebSocketDisconnect:  # here
        print("left", heard)
        await hang_up()
