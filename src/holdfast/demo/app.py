"""The demo application: its parts, and the page."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import FileResponse

from holdfast.demo import talk, telemetry
from holdfast.demo.files import Assets, index
from holdfast.demo.live import hf


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What runs for as long as the server does."""
    async with AsyncExitStack() as running:
        await running.enter_async_context(telemetry.watching())
        await running.enter_async_context(talk.stalling())
        yield


app = FastAPI(title="Holdfast demo", lifespan=lifespan)
hf.install(app)
for part in (telemetry, talk):
    app.include_router(part.router)


@app.get("/", include_in_schema=False)
async def page() -> FileResponse:
    """Show the page."""
    return index()


app.mount("/page", Assets())
