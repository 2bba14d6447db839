"""A chat: what one member says, every member gets, the sender too.

Shows channels. Publishing does not wait for slow members: one whose network is stuck is closed
after a few seconds, and nobody else notices.

    uvicorn examples.chat:app
    python -m websockets ws://127.0.0.1:8000/ws/ann      # and in a second terminal: .../ws/ben
"""

from fastapi import FastAPI

from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws/{client_id}")
async def chat(conn: Connection[str], client_id: str) -> None:
    """Listen to the lobby, and speak in it."""
    await conn.join("lobby")
    async for text in conn:
        await hf.publish("lobby", f"{client_id}: {text}")
