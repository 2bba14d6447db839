"""The apps that the servers under test serve: ``own``, ``guarded`` and ``plain``.

``own_soon`` and the like are the same with deadlines for the cells that wait for keepalive.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from holdfast import Deadlines, HoldfastGuard
from tests.faults.book import Book, Traced
from tests.faults.own import build as build_own
from tests.faults.plain import build as build_plain
from tests.faults.setups import DEADLINES, SOON

PAGE = "<!doctype html><link rel=icon href=data:,><title>a client</title>"


def guarded_app(book: Book, deadlines: Deadlines) -> FastAPI:
    """Nothing but this one line is different."""
    app = build_plain(book)
    app.add_middleware(HoldfastGuard, deadlines=deadlines)
    return app


def traced(app: FastAPI, book: Book) -> Traced:
    """What a server serves."""

    @app.get("/page")
    async def page() -> Any:
        """What the browser opens; it is to keep no connection but the socket."""
        return HTMLResponse(PAGE, headers={"Connection": "close"})

    return Traced(app, book)


book = Book()  # one app is served, the others are never called
own = traced(build_own(book, DEADLINES), book)
shipped = traced(build_own(book, Deadlines()), book)
own_soon = traced(build_own(book, SOON), book)
guarded = traced(guarded_app(book, DEADLINES), book)
guarded_soon = traced(guarded_app(book, SOON), book)
plain = plain_soon = traced(build_plain(book), book)
