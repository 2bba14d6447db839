"""The tutorial's ``ConnectionManager`` over a channel: changing its import cures its code.

>>> from holdfast.compat import ConnectionManager  # instead of a class of one's own
>>> manager = ConnectionManager()
"""

from typing import Any

from starlette.websockets import WebSocket

from holdfast.asgi.codec import Decoder
from holdfast.asgi.connection import Closed, Connection, Settings
from holdfast.asgi.holdfast import Holdfast
from holdfast.asgi.inbox import InboxLimits
from holdfast.asgi.takeover import Takeover
from holdfast.hub.log import Ring

INBOX = InboxLimits(messages=1024, bytes=1024 * 1024)
# A burst of so much makes no broadcast wait for a client that has just fallen behind.
RING = Ring(count=4096, bytes=16 * 1024 * 1024)


class ConnectionManager:
    """Who is connected, and a broadcast that nobody can hold up.

    The methods of the class in FastAPI's documentation, for the same endpoints with
    ``@app.websocket``. A connection leaves by itself, however it ends; ``receive_text`` and the
    like then raise ``WebSocketDisconnect`` in its own handler, and nowhere else. One whose client
    takes nothing is closed with 3008, while all others get every message.

    ``hf``: an application's ``Holdfast``, to publish from elsewhere to ``channel``. Without it the
    manager has one of its own.

    >>> await manager.connect(websocket)
    >>> await manager.broadcast("hello")
    """

    def __init__(self, hf: Holdfast | None = None, channel: str = "connections") -> None:
        self._hf = hf or Holdfast()
        self._channel = channel
        if hf is None:
            self._hf.channel(channel, ring=RING)
        self._connected: dict[WebSocket, Connection[str]] = {}

    @property
    def active_connections(self) -> list[WebSocket]:
        """The sockets that are connected now; a copy."""
        return [ws for ws, conn in self._connected.items() if conn.closed is None]

    async def connect(self, websocket: WebSocket) -> None:
        """Accept, if that was not done, and include it in every broadcast until it ends.

        Raises ``WebSocketDisconnect`` if the client is gone already.
        """
        if websocket in self._connected:
            return
        settings = Settings(Decoder(str), inbox=INBOX)
        conn: Connection[str] = Connection(websocket, settings)
        await Takeover(self._hf.runtime(), conn, websocket).begin()
        self._connected[websocket] = conn
        conn.on_disconnect(lambda conn, closed: self._forget(websocket, closed))
        await conn.join(self._channel)

    def disconnect(self, websocket: WebSocket) -> None:
        """Include it in no broadcast any more. Twice is nothing."""
        conn = self._connected.pop(websocket, None)
        if conn is not None:
            self._hf.runtime().hub.unsubscribe(conn, self._channel)

    async def send_personal_message(self, message: str, websocket: WebSocket) -> None:
        """Send to one client. Raises ``WebSocketDisconnect`` in its own handler if it is gone."""
        await websocket.send_text(message)

    async def broadcast(self, message: Any) -> None:
        """Send to every connected client; waits for none that is stuck.

        ``str`` as text, ``bytes`` as binary, anything else as JSON text.
        """
        await self._hf.publish(self._channel, message)

    def _forget(self, websocket: WebSocket, closed: Closed) -> None:
        self._connected.pop(websocket, None)
