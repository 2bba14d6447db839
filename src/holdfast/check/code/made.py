"""What a call of something outside the project gives."""

from __future__ import annotations

import ast

from holdfast.check.code import guess
from holdfast.check.code.kinds import Class, Container, Function, Inference, Kind, Made
from holdfast.check.code.module import Module

DEPENDS = {"fastapi.Depends", "fastapi.params.Depends", "fastapi.Security"}
MAPPINGS = {"defaultdict", "OrderedDict", "WeakValueDictionary", "Counter"}


def made(name: str, node: ast.Call, module: Module, infer: Inference) -> Kind | None:
    """Tell what a call of a package's function or class gives."""
    if name in DEPENDS:
        return provided(node, module, infer)
    last = name.rpartition(".")[2]
    if last in MAPPINGS:
        inner = infer.kind(node.args[0], module) if node.args else None
        empty = guess.empty(node.args[0]) if node.args else None
        return Container("dict", empty or infer.meaning(inner))
    if last in {"WeakSet", "deque"}:
        return Container("set" if last == "WeakSet" else "list")
    return None if name == "WebSocket.accept" else Made(name)


def provided(node: ast.Call, module: Module, infer: Inference) -> Kind | None:
    """Tell what `Depends(f)` gives: what f returns or yields."""
    called = infer.kind(node.args[0], module) if node.args else None
    if isinstance(called, Function):
        kind = infer.result(called)
        return kind.item if isinstance(kind, Container) and kind.type == "yielded" else kind
    return infer.meaning(called) if isinstance(called, Class) else None
