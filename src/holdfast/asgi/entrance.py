"""How routes of ours are entered: through the gate first, and counted for their user last.

By a dependency, which is left however a handshake or connection ends. Dependencies of a router, or
of the app, come before those of a route: that is FastAPI's order. Only those that ask for the
connection come after this one.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from fastapi import WebSocketException
from fastapi.exceptions import WebSocketRequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from holdfast.asgi.admission import Pass, Refusal
from holdfast.asgi.connection import Closed, Connection
from holdfast.asgi.depend import exit_stack
from holdfast.asgi.endings import after_accept
from holdfast.asgi.gate import Gate
from holdfast.asgi.life import Life
from holdfast.asgi.reach import can_respond
from holdfast.errors import CloseCode, Disconnected, close_reason

PASS = "holdfast.pass"  # where a scope keeps it
CONNECTION = "holdfast.connection"
GATE = "__holdfast_gate__"  # an attribute of the functions that FastAPI calls

ANSWERED = (HTTPException, WebSocketException, WebSocketRequestValidationError)

Body = Callable[[], Awaitable[None]]


async def enter(http: HTTPConnection) -> None:
    """The first dependency of every route of ours, and what ``CurrentConnection`` depends on."""
    gate = getattr(http.scope.get("endpoint"), GATE, None)
    if gate is None or PASS in http.scope:  # not a route of ours; or resolved anew, for a message
        return
    entered = gate.enter(http.scope, getattr(http, "_send", None))
    if isinstance(entered, Refusal):
        refuse(http, *entered)
    http.scope[PASS] = entered
    await exit_stack(http).enter_async_context(_Entrance(gate, entered, http))


class _Entrance:
    """Left when everything is over, or a dependency has refused.

    A dependency that yields would do the same for 3 KB more of each connection (measured).
    """

    __slots__ = ("_entered", "_gate", "_http")

    def __init__(self, gate: Gate, entered: Pass, http: HTTPConnection[Any]) -> None:
        self._gate = gate
        self._entered = entered
        self._http = http

    async def __aenter__(self) -> None:
        await self._entered.__aenter__()

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        """What is raised after a dependency has accepted becomes the close code that says it."""
        try:
            await self._entered.__aexit__(kind, error, traceback)
            if isinstance(error, ANSWERED) and (ending := _ending(self._http, error)) is not error:
                raise ending from None
        except TimeoutError:
            late = HTTPException(*self._gate.late(self._entered))
            raise _ending(self._http, late) from None
        finally:
            if (life := _not_begun(self._http)) is not None:
                await life.abandon()


def pass_of(http: HTTPConnection[Any]) -> Pass:
    """The pass of a connection on a route of ours."""
    entered: Pass = http.scope[PASS]
    return entered


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


def refuse(http: HTTPConnection[Any], status: int, detail: str) -> NoReturn:
    """Answer the handshake with a status, where the server can; else with its plain 403."""
    if http.scope["type"] == "websocket" and not can_respond(http.scope):
        raise WebSocketException(CloseCode.FORBIDDEN, close_reason(detail))
    raise HTTPException(status, detail)


def _not_begun(http: HTTPConnection[Any]) -> Life | None:
    """The life of a connection whose dependencies still run: no handler will end it."""
    conn = http.scope.get(CONNECTION)
    life = conn.owner if conn is not None else None
    return life if isinstance(life, Life) and not life.began else None


def _ending(http: HTTPConnection[Any], error: Exception) -> Exception:
    """What says the same now. Once a handler runs, its life has seen to that."""
    life = _not_begun(http)
    if life is None or not life.conn.accepted:
        return error
    if life.conn.closed is not None:  # refused when already gone: there is nothing to close
        return Disconnected(*life.conn.closed)
    if not isinstance(error, HTTPException):
        return error
    closed = after_accept(error)
    return WebSocketException(closed.code, closed.reason)
