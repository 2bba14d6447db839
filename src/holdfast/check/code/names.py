"""By which names a file knows what fixes write into it."""

from __future__ import annotations

from holdfast.check.code.edits import import_of
from holdfast.check.code.module import Module
from holdfast.check.finding import Edit

DISCONNECT = "WebSocketDisconnect"


def disconnect_name(module: Module) -> tuple[str, list[Edit]]:
    """Give the name of WebSocketDisconnect in a file, and the edits that import it, if need be."""
    for name, full in module.imports.items():
        if full.rpartition(".")[2] == DISCONNECT:
            return name, []
    has_fastapi = any(full.partition(".")[0] == "fastapi" for full in module.imports.values())
    source = "fastapi" if has_fastapi else "starlette.websockets"
    return DISCONNECT, import_of(DISCONNECT, source, module)
