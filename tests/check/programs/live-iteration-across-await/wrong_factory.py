"""Everything within a function that makes the application, with keys and unannotated names."""

import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


def create_app() -> FastAPI:
    app = FastAPI()
    online = {}
    watchers: list[WebSocket] = []

    async def tell_watchers(event):
        for watcher in watchers:  # here
            await watcher.send_json(event)

    async def push(event):
        for user in online:  # here
            await online[user].send_text(json.dumps(event))

    async def push_ids(ids, event):
        for conn in [online[one] for one in ids if one in online]:
            await conn.send_text(json.dumps(event))
        for user, conn in online.items():  # here
            if user in ids:
                await conn.send_text(json.dumps(event))

    async def close_all():
        for user in online.keys():  # here
            await online[user].close(1001)

    @app.websocket("/ws/{user}")
    async def endpoint(socket: WebSocket, user: str):
        await socket.accept()
        online[user] = socket
        watchers.append(socket)
        try:
            while True:
                event = json.loads(await socket.receive_text())
                await push(event)
                await tell_watchers(event)
                await push_ids(["ann"], event)
                await close_all()
        except WebSocketDisconnect:
            pass
        finally:
            del online[user]

    return app


app = create_app()
