"""The page and its files, which may load nothing from anywhere else."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse, Response
from starlette.types import Scope
from typing_extensions import override

HERE = Path(__file__).parent
BUILT = HERE / "static"  # made from frontend/, which needs Node
FIRST = HERE / "page"  # plain files, for where that has not been done

SOURCES = {path.name: path for path in HERE.glob("*.py") if path.stem != "__init__"}

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",  # ask each time: after an upgrade no old page meets a new server
}
# The build puts a hash of the content into these names.
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}

router = APIRouter(include_in_schema=False)


class Assets(StaticFiles):
    """Static files with the headers above."""

    def __init__(self, directory: Path, headers: dict[str, str]) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._headers = HEADERS | headers

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        return response


def is_built() -> bool:
    """Whether there is a page to show, rather than the first one."""
    return (BUILT / "index.html").exists()


def mount(app: FastAPI) -> None:
    """Serve the files of both pages."""
    app.mount("/assets", Assets(BUILT / "assets", FOREVER))
    app.mount("/page", Assets(FIRST, {}))


@router.get("/")
async def page() -> FileResponse:
    """Show the page."""
    return FileResponse((BUILT if is_built() else FIRST) / "index.html", headers=HEADERS)


@router.get("/source/{name}")
async def source(name: str) -> FileResponse:
    """Show how a part of this demo is written."""
    if name not in SOURCES:
        raise HTTPException(404, f"{name} is no file of the demo: {', '.join(sorted(SOURCES))} are")
    return FileResponse(SOURCES[name], media_type="text/plain; charset=utf-8", headers=HEADERS)
