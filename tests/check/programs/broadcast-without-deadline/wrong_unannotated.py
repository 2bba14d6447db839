"""Helpers without annotations, several peers at once, and a loop that may end early."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
everyone = []


async def unannotated(peers, message):
    for peer in peers.copy():
        await peer.websocket.send_bytes(message)  # here
        await peer.websocket.send_bytes(message)


async def ends_early(peers: set[WebSocket], message):
    for peer in peers:
        await peer.send_text(message)  # here
        if len(message) > 10:
            return


async def for_each_room(rooms: dict[str, list[WebSocket]], message):
    for room in rooms.values():
        for peer in room:
            if peer is not None:
                await peer.send_text(message)  # here


async def gathered(peers: set[WebSocket], message):
    await asyncio.gather(*(peer.send_text(message) for peer in peers))  # here
    await asyncio.gather(*[p.send_text(1) for p in peers], return_exceptions=True)  # here
    [await peer.send_text(message) for peer in peers]  # here


async def one_of_them(peers: dict[str, WebSocket], name, message):
    for key, peer in peers.items():
        if key == name:
            await peer.send_text(message)
            break


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    everyone.append(websocket)
    try:
        while True:
            await ends_early(set(everyone), await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        everyone.remove(websocket)
