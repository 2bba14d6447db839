"""What an orchestrator asks: is the process alive, and should it get new clients."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from fastapi import APIRouter
from fastapi.responses import JSONResponse

HEADERS = {"Cache-Control": "no-store"}


class Readiness(NamedTuple):
    """What a process can do now. ``reason`` says why it is not ready."""

    status: Literal["ready", "away", "stopping"]
    reason: str = ""


def health_router(look: Callable[[], Readiness]) -> APIRouter:
    """GET /healthz and GET /readyz, which are in no OpenAPI schema.

    /healthz answers 200 as long as the event loop turns: who restarts processes asks there, and a
    restart brings no broker back. /readyz answers 503 while the broker is away or the process
    stops: who spreads clients over processes asks there.

    >>> app.include_router(hf.health_router())
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> JSONResponse:
        return JSONResponse({"status": "ok"}, headers=HEADERS)

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        status, reason = look()
        content = {"status": status, "reason": reason} if reason else {"status": status}
        return JSONResponse(content, 200 if status == "ready" else 503, headers=HEADERS)

    return router
