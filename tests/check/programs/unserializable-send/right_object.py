from collections.abc import Mapping

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Feed:
    def __init__(self) -> None:
        self.readers: set[WebSocket] = set()

    async def tell(self, reader: WebSocket, event: Mapping[str, object]) -> None:
        await reader.send_json(dict(event))

    async def answer(self, reader: WebSocket, number: int, result: object) -> None:
        await reader.send_json({"number": number, "result": result})

    async def list_all(self, reader: WebSocket, rows: list[dict[str, object]]) -> None:
        await reader.send_json({"rows": rows})
