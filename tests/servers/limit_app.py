"""The app whose limits the servers under test are driven into: a path for each of them."""

import asyncio

from fastapi import Depends, FastAPI

from holdfast import (
    Connection,
    Deadlines,
    FirstMessageToken,
    Holdfast,
    Limits,
    Rate,
)

QUICK = Deadlines(send_timeout=1.0, close_timeout=1.0, grace=0.3, cleanup_timeout=0.3)


async def by_query(name: str) -> str:
    return name


async def by_message(name: str = Depends(FirstMessageToken())) -> str:
    return name


async def slow() -> None:
    await asyncio.sleep(3600)  # pacing: until it is cancelled


app = FastAPI()
one = Holdfast(app, limits=Limits(connections=1), deadlines=QUICK)
named = Holdfast(app, hosts=["localhost"], deadlines=QUICK)
hf = Holdfast(
    app,
    limits=Limits(
        message_bytes=1000,
        rate=Rate(per_second=20, burst=50),
        connections_per_address=2,
        connections_per_user=1,
        channels=2,
    ),
    deadlines=QUICK,
)
hasty = Holdfast(app, limits=Limits(handshake=0.5), deadlines=QUICK)
shy = Holdfast(app, limits=Limits(first_message=0.5), deadlines=QUICK)
proxied = Holdfast(
    app,
    trusted_proxies=["127.0.0.1"],
    limits=Limits(connections_per_address=1),
    deadlines=QUICK,
)


async def echo(conn: Connection[str]) -> None:
    """Send back what came."""
    async for text in conn:
        await conn.send(text)


one.websocket("/one")(echo)
named.websocket("/named")(echo)
shy.websocket("/shy")(echo)
proxied.websocket("/proxied")(echo)
hf.websocket("/echo")(echo)
hasty.websocket("/slow", dependencies=[Depends(slow)])(echo)
hf.websocket("/user", user=Depends(by_query))(echo)
hf.websocket("/token", user=Depends(by_message))(echo)


@hf.websocket("/join")
async def join(conn: Connection[str]) -> None:
    """Join each channel that is named."""
    async for name in conn:
        await conn.join(name)


@app.get("/state")
async def state() -> dict[str, int]:
    """Everything that is counted."""
    every = (one, named, hf, hasty, shy, proxied)
    return {"counted": sum(each._gate.admission.total for each in every)}
