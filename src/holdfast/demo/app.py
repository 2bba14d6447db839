"""The demo application: its parts, and the page."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from holdfast.demo import answers, compare, files, talk, telemetry, ticker
from holdfast.demo.live import hf


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What runs for as long as the server does."""
    async with AsyncExitStack() as running:
        await running.enter_async_context(telemetry.watching())
        await running.enter_async_context(talk.running())
        yield


app = FastAPI(title="Holdfast demo", lifespan=lifespan)
hf.install(app)
for part in (files, compare, telemetry, ticker, talk, answers):
    app.include_router(part.router)
files.mount(app)
