"""A local name for the same list does not make it another list."""

from collections import defaultdict

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
channels: dict[str, list[WebSocket]] = defaultdict(list)


async def send_to_channel(channel: str, text: str):
    members = channels[channel]
    for member in members:
        try:
            await member.send_text(text)
        except Exception:
            members.remove(member)  # here
            continue


async def send_and_forget(channel: str, text: str):
    members = channels.get(channel, [])
    for member in members:
        try:
            await member.send_text(text)
        except Exception:
            channels[channel].remove(member)  # here


@app.websocket("/ws/{channel}")
async def endpoint(sock: WebSocket, channel: str):
    await sock.accept()
    channels[channel].append(sock)
    try:
        while True:
            text = await sock.receive_text()
            await send_to_channel(channel, text)
            await send_and_forget(channel, text)
    except WebSocketDisconnect:
        pass
