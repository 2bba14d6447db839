"""Things with a send of their own that are no WebSockets."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class MailBox:
    def __init__(self) -> None:
        self.lines: list[str] = []

    async def send_text(self, text: str) -> None:
        self.lines.append(text)


class Guarded:
    """A client whose own send catches what there is to catch."""

    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.gone = False

    async def send_text(self, text: str) -> None:
        if self.gone:
            return
        try:
            await self.ws.send_text(text)
        except Exception:
            self.gone = True


boxes: list[MailBox] = [MailBox()]
members: list[Guarded] = []


async def broadcast(text: str) -> None:
    for box in boxes:
        await box.send_text(text)
    for member in list(members):
        await member.send_text(text)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    member = Guarded(ws)
    members.append(member)
    try:
        while True:
            await broadcast(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        members.remove(member)
