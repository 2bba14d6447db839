from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


@app.get("/http")
def http_endpoint():
    return {"sync": "is fine here"}


def dependency(websocket: WebSocket):
    return websocket.headers.get("x-name", "nobody")


def with_clean_up(websocket: WebSocket):
    yield websocket.client


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, name=Depends(dependency), client=Depends(with_clean_up)):
    def text() -> str:
        return f"{name} from {client}"

    await websocket.accept()
    await websocket.send_text(text())
    await websocket.close()
