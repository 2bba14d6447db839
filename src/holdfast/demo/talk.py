"""The chat, who is here, notifications, and the stall test of the first page."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from pydantic import BaseModel, Field

from holdfast import Closed, Connection, History, Position
from holdfast.demo import answers
from holdfast.demo.live import hf
from holdfast.demo.peers import this_server
from holdfast.demo.stall import StallTest

router = APIRouter()

Name = Annotated[str, Path(max_length=24, pattern=r"^[\w.-]+( [\w.-]+)*$")]

# -- the chat ----------------------------------------------------------------------------------

LOBBY, HERE, PRESSURE = "chat:lobby", "here", "pressure"
REPLAYED = 50  # messages, for who is new
BEAT = 5.0  # seconds

hf.channel("chat:{room}", history=History(size=REPLAYED, ttl=3600))
hf.channel(HERE, overflow="latest", flush_interval=0.1)  # of many who come at once, the sum


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


def last_seen(since: str = "") -> Position | int:
    """Where a client goes on: after the position that it has, or some messages back."""
    try:
        return Position.parse(since)
    except ValueError:
        return REPLAYED


@hf.websocket("/ws/chat/{name}", user=Depends(visitor), envelope=True)
async def chat(
    conn: Connection[str], name: str, since: Annotated[Position | int, Depends(last_seen)]
) -> None:
    """Join, and say to everybody what this client says."""
    conn.on_disconnect(left)
    for channel in (HERE, answers.ANSWERS, PRESSURE, f"user:{name}"):
        await conn.join(channel)
    await conn.join(LOBBY, since=since)
    await tell_who_is_here()
    answers.announce()
    async for text in conn:
        if text.strip():
            await hf.publish(LOBBY, Said(name, text.strip()[:500], time.time()))


async def left(conn: Connection[Any], closed: Closed) -> None:
    """However a connection ended, the others see it."""
    stall_test.ended(str(conn.user), f"{closed.code} {closed.reason}".strip())
    await tell_who_is_here()


async def tell_who_is_here() -> None:
    """Publish who is connected to the chat, and how often."""
    members = sorted(await hf.presence(HERE), key=lambda member: member.user)
    await hf.publish(HERE, {"kind": "here", "members": members})


async def beat() -> None:
    """Tell it again and again: by silence a page knows a dead connection from a quiet one."""
    while True:
        await asyncio.sleep(BEAT)
        await tell_who_is_here()


# -- notifications -----------------------------------------------------------------------------


class Notice(BaseModel):
    """What to tell somebody."""

    text: Annotated[str, Field(min_length=1, max_length=280)]


@router.post("/notify/{user}", status_code=202)
async def notify(user: Name, notice: Notice) -> dict[str, int]:
    """Tell one user, on every page that they have open."""
    pages = [member.connections for member in await hf.presence(f"user:{user}")]
    if not pages:
        raise HTTPException(404, f"{user} is not here")
    await hf.publish(f"user:{user}", {"kind": "notice", "text": notice.text})
    return {"pages": sum(pages)}


# -- the stall test ----------------------------------------------------------------------------


class Stall(BaseModel):
    """How many clients are to stall."""

    clients: Annotated[int, Field(ge=1, le=20)] = 5


stall_test = StallTest(lambda progress: hf.publish(PRESSURE, progress))


@router.post("/stall", status_code=202)
async def stall(order: Stall, request: Request) -> dict[str, list[str]]:
    """Let clients join the chat that never read, and send everybody a steady stream."""
    server = this_server(request.scope)
    if stall_test.running:
        raise HTTPException(409, "a stall test is running: it ends within 20 seconds")
    if server is None:
        raise HTTPException(503, "the server does not say on which address it listens")
    return {"clients": stall_test.start(server.address, server.path("/ws/chat/"), order.clients)}


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """What goes on for as long as the server runs."""
    beating = asyncio.create_task(beat())
    yield
    beating.cancel()
    await stall_test.stop()
