import asyncio

from fastapi import FastAPI, WebSocket

try:
    from simple_websocket import Server
except ImportError:

    class Server:
        def send(self, data): ...
        def close(self): ...


app = FastAPI()


class Printer:
    """Has the methods of a WebSocket, and none of them is a coroutine."""

    def accept(self): ...
    def send_text(self, text):
        print(text)

    def send_json(self, data):
        print(data)

    def close(self, code=1000): ...


def blocking(ws: Server):
    ws.send("blocks, and needs no await")
    ws.close()


async def holds_many(queue: "asyncio.Queue[WebSocket]", server: asyncio.Server, unknown):
    server.close()
    unknown.close()
    unknown.send_text("it may be anything")


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    printer = Printer()
    printer.accept()
    printer.send_text("hello")

    def inner(ws: Printer):
        ws.send_text("another ws")

    inner(printer)
    async for text in ws.iter_text():
        for out in (printer, Printer()):
            out.send_json({"text": text})
    printer.close()


async def shadowed(ws: WebSocket):
    await ws.accept()
    await ws.close()
    ws = Printer()
    ws.send_text("no longer one")
