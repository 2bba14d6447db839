"""What is long comes from a caller or a helper."""

from collections.abc import Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


def measured(name: str) -> list[str]:
    with Path(name).open() as file:
        return file.readlines()


async def show(socket: WebSocket, values: Iterable[str]) -> None:
    for value in values:
        await socket.send_json({"value": value})  # here


async def table(socket: WebSocket, rows: list) -> None:
    for number, row in enumerate(rows):
        await socket.send_json({"number": number, "row": row})  # here


async def values(socket: WebSocket) -> None:
    await socket.accept()
    async for name in socket.iter_text():
        await show(socket, measured(name))


async def raw(socket: WebSocket) -> None:
    await socket.accept()
    for value in measured(__file__):
        await socket.send_text(value)  # here
    await socket.close()


app = Starlette(routes=[WebSocketRoute("/values", values), WebSocketRoute("/raw", raw)])
