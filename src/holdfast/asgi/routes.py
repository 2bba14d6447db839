"""Where handlers are placed: on every app of a ``Holdfast``, or on a router of the user's."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, params

from holdfast.asgi.entrance import GATE, enter
from holdfast.asgi.gate import Gate
from holdfast.asgi.startup import (
    Placed,
    end_quietly,
    explain_missing_websockets,
    fail_plainly,
    refuse_plainly,
    route_faults,
    wrap_lifespan,
)
from holdfast.asgi.viewer import Viewer
from holdfast.asgi.workers import this_process, workers
from holdfast.errors import ConfigurationError

log = logging.getLogger("holdfast")


class Routes:
    """The routes of one ``Holdfast``, on apps that are given before or after them."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._placed: list[Placed] = []
        self._pending: list[Callable[[FastAPI], None]] = []
        self._apps: list[FastAPI] = []
        self._unchecked: list[FastAPI] = []

    def install(
        self,
        app: FastAPI,
        start: Callable[[], Awaitable[None]],
        stop: Callable[[], Awaitable[None]],
    ) -> None:
        """Put every route on the app, those placed later too; run ``start`` and ``stop`` with it.

        Raises ``ConfigurationError`` if that app has them already.
        """
        if any(app is other for other in self._apps):
            raise ConfigurationError(
                "this Holdfast is installed on that app already: Holdfast(app) installs it, "
                "install(app) is for apps given later"
            )
        self._apps.append(app)
        self._unchecked.append(app)
        wrap_lifespan(app, start, stop)
        fail_plainly(app)
        end_quietly(app)
        refuse_plainly(app)
        explain_missing_websockets(app, lambda: self._placed)
        for place in self._pending:
            place(app)

    def place(
        self,
        path: str,
        endpoint: Callable[..., Any],
        router: APIRouter | None,
        dependencies: Sequence[params.Depends],
    ) -> None:
        """A WebSocket route."""
        checks = self._guarded(endpoint, dependencies)
        self._placed.append(Placed(path, endpoint, router))

        def place(target: FastAPI | APIRouter) -> None:
            target.add_api_websocket_route(path, endpoint, dependencies=checks)

        self._on(router, place)

    def place_viewer(
        self,
        path: str,
        viewer: Viewer,
        router: APIRouter | None,
        dependencies: Sequence[params.Depends],
    ) -> None:
        """A WebSocket route and, on the same path, a GET route for server-sent events."""
        self.place(path, viewer.websocket_endpoint(), router, dependencies)
        get = viewer.get_endpoint()
        checks = self._guarded(get, dependencies)

        def place(target: FastAPI | APIRouter) -> None:
            target.add_api_route(
                path,
                get,
                methods=["GET"],
                dependencies=checks,
                include_in_schema=False,
                response_model=None,
            )

        self._on(router, place)

    def warn(self, memory: bool) -> None:
        """Once an app runs, with or without its lifespan: say what cannot work.

        ``memory``: whether it has the memory backplane.
        """
        if memory and self._unchecked and (count := workers(this_process())) > 1:
            log.error(
                "%d workers with the memory backplane: a publication reaches the connections of "
                'its own worker only. Run one worker, or give Holdfast(backplane="redis://...")',
                count,
            )
        for app in self._unchecked:
            for fault in route_faults(app, self._placed):
                log.warning("%s", fault)
        self._unchecked.clear()

    def _guarded(
        self, endpoint: Callable[..., Any], dependencies: Sequence[params.Depends]
    ) -> list[params.Depends]:
        """The route's dependencies, behind the gate of this ``Holdfast``.

        Without any, the connection that every endpoint asks for first passes it.
        """
        setattr(endpoint, GATE, self._gate)
        return [Depends(enter), *dependencies] if dependencies else []

    def _on(self, router: APIRouter | None, place: Callable[[Any], None]) -> None:
        """Do it to the router; or to every app, those installed later too."""
        if router is None:
            self._pending.append(place)
        for target in self._apps if router is None else [router]:
            place(target)
