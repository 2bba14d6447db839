"""Things with a send of their own that are no WebSockets."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Log:
    async def send_text(self, text: str) -> None:
        print(text)


class Printer:
    async def send_json(self, data) -> None:
        print(data)


logs: list[Log] = [Log()]
printers = {"first": Printer(), "second": Printer()}


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            data = await ws.receive_json()
            for log in logs:
                await log.send_text(str(data))
            for printer in printers.values():
                await printer.send_json(data)
    except WebSocketDisconnect:
        pass
