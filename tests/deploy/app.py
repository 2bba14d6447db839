"""The app behind the proxies: it tells what it sees of a client, and sends what it is asked to."""

from typing import Any

from fastapi import FastAPI, Request
from starlette.requests import HTTPConnection

from holdfast import Connection, Deadlines, History, Holdfast, Limits
from holdfast.asgi import events

events.KEEP_ALIVE = 0.5  # 15 s is too long to wait for, and so is a proxy's timeout above it

# A fifth of what docs/deploy.md recommends behind a proxy: a steady reader is five times as fast.
QUICK = Deadlines(send_timeout=2.0, close_timeout=1.0, grace=0.5, cleanup_timeout=0.5)
TRUSTED = ["127.0.0.1", "unix"]
FEW = 3


def seen(http: HTTPConnection[Any]) -> dict[str, Any]:
    """What the application learns of a client, and of the address it asked for."""
    names = ("host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded")
    told = {name: http.headers.getlist(name) for name in names}
    return {"client": http.client.host if http.client else "", "url": str(http.url), **told}


def build() -> FastAPI:
    app = FastAPI()
    hf = Holdfast(app, trusted_proxies=TRUSTED, deadlines=QUICK)
    hf.channel("kept.{name}", history=History(size=100, ttl=60))
    sent: dict[str, int] = {}

    @hf.websocket("/echo")
    async def echo(conn: Connection[str]) -> None:
        await conn.send({"address": conn.address, **seen(conn.http)})
        async for text in conn:
            await conn.send(text)

    @hf.websocket("/closes")
    async def closes(conn: Connection[str], code: int, reason: str) -> None:
        await conn.close(code, reason)

    @hf.websocket("/fills/{name}")
    async def fills(conn: Connection[str], name: str) -> None:
        """Send without end, as fast as the client takes it."""
        while True:
            await conn.send("x" * 1024)
            sent[name] = sent.get(name, 0) + 1024

    @hf.subscribe("/feed/{channel}")
    async def feed(channel: str) -> str:
        return channel

    @app.post("/publish/{channel}")
    async def publish(channel: str, text: str) -> None:
        await hf.publish(channel, text)

    @app.get("/ready")
    async def ready() -> None:
        return None

    @app.get("/seen")
    async def who(request: Request) -> dict[str, Any]:
        return seen(request)

    @app.get("/state")
    async def state() -> dict[str, Any]:
        paths = [conn.http.url.path for conn in hf.connections]
        return {"paths": paths, "aborted": hf.statistics().aborted, "sent": sent}

    app.mount("/strict", build_strict())
    return app


def build_strict() -> FastAPI:
    """A few connections for each address."""
    app = FastAPI()
    hf = Holdfast(app, trusted_proxies=TRUSTED, limits=Limits(connections_per_address=FEW))

    @hf.websocket("/echo")
    async def echo(conn: Connection[str]) -> None:
        async for text in conn:
            await conn.send(text)

    return app


app = build()
