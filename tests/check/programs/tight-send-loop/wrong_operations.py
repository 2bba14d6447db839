"""History of a document: all operations of a class attribute list."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Document:
    def __init__(self) -> None:
        self.operations: list[dict] = []

    def apply(self, operation: dict) -> None:
        self.operations.append(operation)


documents: dict[str, Document] = {}


@app.websocket("/doc/{name}")
async def doc(ws: WebSocket, name: str):
    document = documents.setdefault(name, Document())
    await ws.accept()
    for operation in document.operations:
        await ws.send_json(operation)  # here
    try:
        while True:
            text = await ws.receive_text()
            document.apply({"insert": text})
            await ws.send_json({"version": len(document.operations)})
    except WebSocketDisconnect:
        pass
