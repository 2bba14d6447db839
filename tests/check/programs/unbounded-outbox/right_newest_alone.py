"""What waits is thrown away before the newest is put in."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
scoreboards: set[asyncio.Queue] = set()


@app.post("/score")
async def score(home: int, guests: int) -> None:
    for board in list(scoreboards):
        while not board.empty():
            board.get_nowait()
        board.put_nowait({"home": home, "guests": guests})


async def show(websocket: WebSocket, board: asyncio.Queue) -> None:
    while True:
        await websocket.send_json(await board.get())


@app.websocket("/score")
async def watch(websocket: WebSocket) -> None:
    await websocket.accept()
    board: asyncio.Queue = asyncio.Queue()
    scoreboards.add(board)
    task = asyncio.create_task(show(websocket, board))
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        task.cancel()
        scoreboards.discard(board)
