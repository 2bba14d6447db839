"""The page and its files, which may load nothing from anywhere else."""

from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse, Response
from starlette.types import Scope
from typing_extensions import override

FOLDER = Path(__file__).parent / "page"

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",  # ask each time: after an upgrade no old script meets a new server
}


class Assets(StaticFiles):
    """Static files with the headers above."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def index() -> FileResponse:
    """The page itself."""
    return FileResponse(FOLDER / "index.html", headers=HEADERS)
