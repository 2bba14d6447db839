from dataclasses import dataclass, field

from fastapi import FastAPI, WebSocket

app = FastAPI()


@dataclass
class Document:
    name: str
    editors: set[WebSocket] = field(default_factory=set)

    def leave(self, editor: WebSocket) -> None:
        self.editors.discard(editor)


documents: dict[str, Document] = {}


def document_of(name: str) -> Document:
    if name not in documents:
        documents[name] = Document(name)  # here
    return documents[name]


@app.websocket("/documents/{name}")
async def edit(ws: WebSocket, name: str) -> None:
    await ws.accept()
    document = document_of(name)
    document.editors.add(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        document.leave(ws)
