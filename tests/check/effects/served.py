"""All the programs behind one server, for the servers that run as processes of their own.

A program is imported when `/<rule>/<program>/<path of its own>` is first asked for.
"""

from functools import cache
from typing import Any

from tests.support.programs import load

program = cache(load)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Hand on to a program."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        return await send({"type": "lifespan.shutdown.complete"})
    rule, name, *rest = scope["path"].strip("/").split("/")
    path = "/" + "/".join(rest)
    scope = {**scope, "path": path, "raw_path": path.encode()}
    return await program(rule, name).app(scope, receive, send)
