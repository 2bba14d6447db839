from fastapi import FastAPI, WebSocket

app = FastAPI()


class Connection:
    """A wrapper in the style of another library."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.closed = False

    async def recv(self) -> str:
        return await self.websocket.receive_text()

    async def send(self, text: str) -> None:
        await self.websocket.send_text(text)

    async def ping(self) -> None:
        await self.send("ping")

    def __aiter__(self):
        return self.websocket.iter_text()


async def proxy(websocket: WebSocket, url: str) -> None:
    import websockets

    async with websockets.connect(url) as upstream:
        async for message in upstream:
            await websocket.send_text(message)
        await upstream.send("done")
        await upstream.ping()
        print(upstream.closed, await upstream.recv())


async def unknown(ws, client) -> None:
    await client.send("it may be anything")
    print(await ws.recv(), client.closed)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    connection = Connection(websocket)
    await connection.ping()
    async for text in connection:
        await connection.send(text)
        if connection.closed:
            await connection.send(await connection.recv())
