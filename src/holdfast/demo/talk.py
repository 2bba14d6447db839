"""The chat, notifications, and the stall test of the first page."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from pydantic import BaseModel, Field

from holdfast import Closed, Connection, History
from holdfast.demo.live import hf
from holdfast.demo.stall import StallTest

router = APIRouter()

Name = Annotated[str, Path(max_length=24, pattern=r"^[\w.-]+( [\w.-]+)*$")]

# -- the chat ----------------------------------------------------------------------------------

LOBBY, HERE, PRESSURE = "chat:lobby", "here", "pressure"

hf.channel("chat:{room}", history=History(size=50, ttl=3600))


@dataclass(frozen=True)
class Said:
    """One message of the chat."""

    name: str
    text: str
    time: float
    kind: str = "said"


def visitor(name: Name) -> str:
    """The user of a connection. A real app would ask a session or a token here."""
    return name


@hf.websocket("/ws/chat/{name}", user=Depends(visitor))
async def chat(conn: Connection[str], name: str) -> None:
    """Join, and say to everybody what this client says."""
    conn.on_disconnect(left)
    for channel in (HERE, PRESSURE, f"user:{name}"):
        await conn.join(channel)
    await conn.join(LOBBY, since=50)
    await tell_who_is_here()
    async for text in conn:
        if text.strip():
            await hf.publish(LOBBY, Said(name, text.strip()[:500], time.time()))


async def left(conn: Connection[Any], closed: Closed) -> None:
    """However a connection ended, the others see it."""
    stall_test.ended(str(conn.user), f"{closed.code} {closed.reason}".strip())
    await tell_who_is_here()


async def tell_who_is_here() -> None:
    """Publish the names of all who are connected to the chat."""
    names = sorted({str(conn.user) for conn in hf.connections if conn.user})
    await hf.publish(HERE, {"kind": "here", "names": names})


# -- notifications -----------------------------------------------------------------------------


class Notice(BaseModel):
    """What to tell somebody."""

    text: Annotated[str, Field(min_length=1, max_length=280)]


@router.post("/notify/{user}", status_code=202)
async def notify(user: str, notice: Notice) -> dict[str, int]:
    """Tell one user, on every page that they have open."""
    pages = sum(conn.user == user for conn in hf.connections)
    if not pages:
        raise HTTPException(404, f"{user} is not here")
    await hf.publish(f"user:{user}", {"kind": "notice", "text": notice.text})
    return {"pages": pages}


# -- the stall test ----------------------------------------------------------------------------


class Stall(BaseModel):
    """How many clients are to stall."""

    clients: Annotated[int, Field(ge=1, le=20)] = 5


stall_test = StallTest(lambda progress: hf.publish(PRESSURE, progress))


@router.post("/stall", status_code=202)
async def stall(order: Stall, request: Request) -> dict[str, list[str]]:
    """Let clients join the chat that never read, and send everybody a steady stream."""
    address = request.scope.get("server")
    if stall_test.running:
        raise HTTPException(409, "a stall test is running: it ends within 20 seconds")
    if not address or not address[1]:
        raise HTTPException(503, "the server does not say on which address it listens")
    return {"clients": stall_test.start(tuple(address), "/ws/chat/", order.clients)}


@asynccontextmanager
async def stalling() -> AsyncIterator[None]:
    """End a stall test that runs when the server stops."""
    yield
    await stall_test.stop()
