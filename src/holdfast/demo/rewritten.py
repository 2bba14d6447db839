"""The tutorial's chat, with Holdfast: whoever joins the room gets what is published there."""

from holdfast import Connection
from holdfast.demo.live import hf

ROOM = "compare"


@hf.websocket("/ws/compare/holdfast/{client_id}")
async def chat(conn: Connection[str], client_id: int) -> None:
    """Say what this client says to everybody, until it is gone."""
    await conn.join(ROOM)
    async for text in conn:
        await conn.send(f"You wrote: {text}")
        await hf.publish(ROOM, f"Client #{client_id} says: {text}")
    await hf.publish(ROOM, f"Client #{client_id} left the chat")
