from dataclasses import dataclass

from fastapi import FastAPI, WebSocket


@dataclass
class Session:
    ws: WebSocket
    log: list

    @classmethod
    async def start(cls, ws: WebSocket) -> "Session":
        await ws.accept()
        return cls(ws, [])

    @staticmethod
    async def note(log: list, text: str) -> None:
        log.append(text)

    async def reply(self, text: str) -> None:
        await self.ws.send_text(text)

    async def serve(self) -> None:
        async for text in self.ws.iter_text():
            self.reply(text.upper())  # here
            Session.note(self.log, text)  # here


app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    session: Session = await Session.start(ws)
    session.reply("hello")  # here
    await session.serve()


@app.websocket("/once")
async def once(ws: WebSocket):
    async def answer(text: str) -> None:
        await ws.send_text(text)

    await ws.accept()
    answer(await ws.receive_text())  # here
    await ws.close()
