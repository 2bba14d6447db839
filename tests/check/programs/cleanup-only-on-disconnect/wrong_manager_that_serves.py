"""The manager serves the connection itself, by methods that each do a part."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Tables:
    def __init__(self):
        self.seats: dict[str, dict[str, WebSocket]] = {}

    async def sit(self, table: str, name: str, client: WebSocket):
        await client.accept()
        self.seats.setdefault(table, {})[name] = client

    def stand_up(self, table: str, name: str):
        self.seats.get(table, {}).pop(name, None)

    async def serve(self, table: str, name: str, client: WebSocket):
        await self.sit(table, name, client)
        try:
            await self.deal(client)
        except WebSocketDisconnect:
            self.stand_up(table, name)  # here

    async def deal(self, client: WebSocket):
        while True:
            bid = await client.receive_json()
            await client.send_json({"bid": bid["amount"]})


tables = Tables()


@app.websocket("/tables/{table}/{name}")
async def table(client: WebSocket, table: str, name: str):
    await tables.serve(table, name, client)
