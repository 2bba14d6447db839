from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
def endpoint(websocket: WebSocket):  # here
    print("no await in here")


@app.websocket("/returns")
def returns(websocket: WebSocket):  # here
    if websocket.client:
        return
    return None


@app.websocket("/hello")
def hello(websocket: WebSocket):  # here
    websocket.accept()
    websocket.send_text("hello")
    text = websocket.receive_text()
    websocket.send_text(f"You said: {text}")
    websocket.close()
