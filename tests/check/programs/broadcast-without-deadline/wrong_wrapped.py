"""Objects that hold a socket each; two sends to one of them are one mistake."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Member:
    def __init__(self, websocket: WebSocket, name: str) -> None:
        self.websocket = websocket
        self.name = name


members = []


async def announce(head: bytes, body: bytes):
    for member in members.copy():
        await member.websocket.send_bytes(head)  # here
        await member.websocket.send_bytes(body)


async def until_enough(text: str):
    for member in list(members):
        await member.websocket.send_text(text)  # here
        if len(text) > 10:
            return


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    member = Member(websocket, name)
    members.append(member)
    try:
        while True:
            text = await websocket.receive_text()
            await announce(name.encode(), text.encode())
            await until_enough(text)
    except WebSocketDisconnect:
        pass
    finally:
        members.remove(member)
