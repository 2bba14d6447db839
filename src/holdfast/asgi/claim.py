"""A connection is counted for its user, as soon as the dependencies have said who that is."""

from collections.abc import Awaitable, Callable
from typing import Any

from holdfast.asgi.connection import Closed, Connection
from holdfast.asgi.gate import pass_of, refuse
from holdfast.errors import CloseCode

Body = Callable[[], Awaitable[None]]


def claimed(conn: Connection[Any], body: Body) -> Body:
    """What to run for this connection: its handler's ``body``, or a close with 3504.

    Refuses with 429 where it is not accepted yet.
    """
    refusal = pass_of(conn.http).claim(conn.user)
    if refusal is None:
        return body
    if not conn.accepted:
        refuse(conn.http, *refusal)
    closed = Closed(CloseCode.LIMIT, refusal.reason)
    return lambda: conn.owner.close(closed)
