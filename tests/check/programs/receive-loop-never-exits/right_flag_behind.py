"""What is behind the handler, or before it, ends the loop by its flag."""

from contextlib import suppress

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/orders")
async def orders(ws: WebSocket):
    await ws.accept()
    is_open = True
    while is_open:
        order = None
        try:
            order = await ws.receive_json()
        except Exception as error:
            print("no order", error)
        if order is None:
            is_open = False
        else:
            await ws.send_json(order)


@app.websocket("/words")
async def words(ws: WebSocket):
    await ws.accept()
    is_open = True
    while is_open:
        is_open = False
        with suppress(Exception):
            await ws.send_text(await ws.receive_text())
            is_open = True


@app.websocket("/answers")
async def answers(ws: WebSocket):
    await ws.accept()
    is_open = True
    while is_open:
        answer = ""
        try:
            answer = await ws.receive_text()
        except Exception as error:
            print("no answer", error)
        finally:
            is_open = answer == "more"
