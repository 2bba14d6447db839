from typing import Self

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Journal:
    def __init__(self) -> None:
        self.lines: list[str] = []

    @classmethod
    async def open(cls) -> Self:
        return cls()

    async def write(self, line: str) -> None:
        self.lines.append(line)

    async def close(self) -> None:
        self.lines.clear()


@app.websocket("/journal")
async def write(websocket: WebSocket) -> None:
    await websocket.accept()
    journal = await Journal.open()
    try:
        while True:
            await journal.write(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        journal.close()  # here
