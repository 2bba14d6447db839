"""a stream as a context manager"""

import asyncio
import json
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from anthropic import AsyncAnthropic

    client = AsyncAnthropic(api_key="x")
except Exception:
    client = None
app = FastAPI()


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    pass
    try:
        while True:
            text = await websocket.receive_text()
            async with client.messages.stream(  # here
                model="claude", max_tokens=9, messages=[{"role": "user", "content": text}]
            ) as stream:
                async for part in stream.text_stream:
                    await websocket.send_text(part)
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
    finally:
        pass
