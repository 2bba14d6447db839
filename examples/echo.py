"""Echo: every message comes back to its sender.

Shows the smallest handler. The loop ends by itself when the client is gone; there is nothing to
catch and nothing to clean up.

    uvicorn examples.echo:app
    python -m websockets ws://127.0.0.1:8000/ws
"""

from fastapi import FastAPI

from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    """Answer each message."""
    async for text in conn:
        await conn.send(f"Message text was: {text}")
