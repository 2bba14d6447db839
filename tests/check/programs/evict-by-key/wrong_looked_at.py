from fastapi import FastAPI, WebSocket

app = FastAPI()
seats: dict[str, dict] = {}


def leave(name: str) -> None:
    seat = seats.pop(name, None)  # here
    if seat and seat["row"]:
        print(f"{name} left row {seat['row']}", seat["number"])


@app.websocket("/cinema/{name}")
async def sit(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    seats[name] = {"socket": websocket, "row": 1, "number": len(seats)}
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        leave(name)
