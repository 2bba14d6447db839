"""Whether a file is one of tests, where a WebSocket is most likely a client's, or a stand-in."""

from __future__ import annotations

from holdfast.check.code.module import Module

TOOLS = ("pytest", "unittest", "fastapi.testclient", "starlette.testclient")


def is_test(module: Module) -> bool:
    """Tell whether a file is one of tests, by its name or by what it imports."""
    name = module.path.stem
    if name.startswith("test_") or name.endswith("_test") or name in {"conftest", "tests"}:
        return True
    return any(one.startswith(TOOLS) for one in module.imports.values())
