from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from pymongo import MongoClient
except ImportError:
    MongoClient = dict

app = FastAPI()
client = MongoClient()


@app.websocket("/messages")
async def messages(websocket: WebSocket):
    await websocket.accept()
    kept = client["chat"].get_collection("messages")
    try:
        while True:
            text = await websocket.receive_text()
            kept.insert_one({"text": text})  # here
            await websocket.send_text(str(client["chat"]["users"].count_documents({})))  # here
    except WebSocketDisconnect:
        pass
