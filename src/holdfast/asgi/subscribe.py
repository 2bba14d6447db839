"""``@hf.subscribe``: a channel as an endpoint, chosen and guarded by a function."""

import inspect
import logging
from collections.abc import Callable
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from typing_extensions import override

from holdfast.asgi.connection import Connection
from holdfast.asgi.depend import typed_signature
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.viewer import Viewer, ViewerOptions, stay
from holdfast.backplane.port import check_name
from holdfast.errors import BadChannel, ConfigurationError
from holdfast.hub.hub import Replay

log = logging.getLogger("holdfast")


class Subscribe(Viewer):
    """The function returns the channel's name; what is published there goes to the client."""

    def __init__(
        self,
        function: Callable[..., Any],
        runtime: Callable[[], Runtime],
        options: ViewerOptions,
        since: int | Literal["all"] | None,
    ) -> None:
        super().__init__(function, typed_signature(function), runtime, options)
        self._since: Replay | None = since

    @override
    async def prepared(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"channel": await self._channel(values)}

    @override
    async def view(self, conn: Connection[Any], values: dict[str, Any]) -> None:
        channel = values["channel"]
        position = self.position(conn)
        await conn.accept()
        since = self._since if position is None else position
        complete = await conn.join(channel, since=since)
        await stay(conn, complete, channel)

    async def _channel(self, values: dict[str, Any]) -> str:
        if inspect.iscoroutinefunction(self.function):
            channel = await self.function(**values)
        else:
            channel = await run_in_threadpool(self.function, **values)
        if not isinstance(channel, str):
            raise ConfigurationError(
                f"{self.function.__qualname__} returned a {type(channel).__name__}: @hf.subscribe "
                "expects the name of a channel (raise an HTTPException to refuse)"
            )
        try:
            return check_name(channel)
        except BadChannel as error:  # made of what the client sent, mostly
            log.info("refused a viewer: %s returned %s", self.function.__qualname__, error)
            raise HTTPException(404, "no such channel") from None
