"""A plain generator; a helper that sends; rows of a database."""

import itertools
import sqlite3
from asyncio import sleep

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


def tokens(prompt: str):
    for word in itertools.repeat(prompt, 2_000):
        yield word


async def generate(socket: WebSocket) -> None:
    await socket.accept()
    prompt = await socket.receive_text()
    for number, token in enumerate(tokens(prompt)):
        if token:
            await socket.send_json({"number": number, "token": token})  # here
    await sleep(0)
    await socket.close()


async def push(socket: WebSocket, row) -> None:
    await socket.send_json({"row": row})


class Model:
    def answer(self, prompt: str, stream: bool):
        return iter(prompt.split())


async def streamed(socket: WebSocket) -> None:
    await socket.accept()
    for word in Model().answer("one two", stream=True):
        await socket.send_text(word)  # here
    await socket.close()


async def rows(socket: WebSocket) -> None:
    await socket.accept()
    connection = sqlite3.connect(":memory:")
    for row in connection.execute("select 1").fetchall():
        await push(socket, row)  # here
    await socket.close()


COUNT: int = 50_000
WORDS: list[str] = [str(number) for number in range(COUNT)]


async def words(socket: WebSocket) -> None:
    await socket.accept()
    for word in WORDS:
        await socket.send_text(word)  # here
    for zero in [0] * 5_000:
        await socket.send_json(zero)  # here
    await socket.close()


app = Starlette(
    routes=[
        WebSocketRoute("/generate", generate),
        WebSocketRoute("/rows", rows),
        WebSocketRoute("/words", words),
    ]
)
