"""The demo application: everything a program needs from Holdfast, on one page of code."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from holdfast import Closed, Connection, History, Holdfast
from holdfast.demo.files import Assets, index
from holdfast.demo.meter import Meter, Sample
from holdfast.demo.stall import StallTest

MINUTES = 5  # of history, for a page that loads

Name = Annotated[str, Path(max_length=24, pattern=r"^[\w.-]+( [\w.-]+)*$")]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Watch the event loop for as long as the server runs."""
    watching = asyncio.create_task(meter.watch_loop())
    yield
    watching.cancel()
    await stall_test.stop()


app = FastAPI(title="Holdfast demo", lifespan=lifespan)
hf = Holdfast(app)

# -- this machine ------------------------------------------------------------------------------

meter = Meter()
recent: deque[Sample] = deque(maxlen=60 * MINUTES)


@hf.stream("/ws/metrics", every=1.0, linger=60.0 * MINUTES)
async def metrics() -> Sample:
    """Measure once a second for all viewers, and for some minutes after the last of them."""
    sample = meter.read()
    recent.append(sample)
    return sample


@app.get("/metrics/recent")
async def recent_metrics() -> list[Sample]:
    """What was measured before this page was opened."""
    return list(recent)


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


@app.post("/notify/{user}", status_code=202)
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


@app.post("/stall", status_code=202)
async def stall(order: Stall, request: Request) -> dict[str, list[str]]:
    """Let clients join the chat that never read, and send everybody a steady stream."""
    address = request.scope.get("server")
    if stall_test.running:
        raise HTTPException(409, "a stall test is running: it ends within 20 seconds")
    if not address or not address[1]:
        raise HTTPException(503, "the server does not say on which address it listens")
    return {"clients": stall_test.start(tuple(address), "/ws/chat/", order.clients)}


# -- the page ----------------------------------------------------------------------------------


@app.get("/", include_in_schema=False)
async def page() -> FileResponse:
    """Show the page."""
    return index()


app.mount("/page", Assets())
