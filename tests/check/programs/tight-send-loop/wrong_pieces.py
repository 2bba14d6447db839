"""Data that is cut into pieces, in all the ways to count."""

from fastapi import FastAPI, WebSocket

app = FastAPI()
SIZE = 4096


async def upload(client: WebSocket, data: bytes) -> None:
    for start in range(0, len(data), SIZE):
        await client.send_bytes(data[start : start + SIZE])  # here


async def drain(client: WebSocket, data: bytes) -> None:
    while data:
        await client.send_bytes(data[:SIZE])  # here
        data = data[SIZE:]


@app.websocket("/image")
async def image(client: WebSocket):
    await client.accept()
    pixels = bytes(50_000_000)
    position = 0
    while position < len(pixels):
        await client.send_bytes(pixels[position : position + SIZE])  # here
        position += SIZE
    await client.close()


@app.websocket("/count")
async def count(client: WebSocket):
    await client.accept()
    number = 0
    while number < 20_000:
        await client.send_text(f"{number}")  # here
        number += 1
    await client.close()


@app.websocket("/up-to/{last}")
async def up_to(client: WebSocket, last: int):
    await client.accept()
    for number in range(last):
        await client.send_json(number)  # here
    wanted = int(await client.receive_text())
    for number in range(wanted):
        await client.send_json(-number)  # here
    await client.close()
