"""What an application does about exceptions that its endpoints let out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.imports import others_naming
from holdfast.check.code.kinds import Function, inference
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.facts.callers import functions

HANDLERS = re.compile(r"exception_handler")


def closes_for(name: str, module: Module) -> bool:
    """Tell whether an application closes a WebSocket for an exception that an endpoint raises.

    Handlers that only know HTTP are none: their answer fails as Starlette's own does.
    """
    kept: dict[str, bool] = module.notes.setdefault("closes for", {})
    if name not in kept:
        kept[name] = any(closes(one) for one in handlers_of(name, module))
    return kept[name]


def handlers_of(name: str, module: Module) -> Iterator[Function]:
    """Find the functions that applications call for an exception, in a file's programs."""
    files = [module] if HANDLERS.search(module.text) else []
    for file in (*files, *others_naming(module, HANDLERS)):
        for decorator, function in decorated(file):
            if names(decorator.args[:1], name, file):
                yield Function(file, function)
        for call in file.every(ast.Call):
            for value in registered(call, name, file):
                kind = inference(file).kind(value, file)
                if isinstance(kind, Function):
                    yield kind


def decorated(module: Module) -> Iterator[tuple[ast.Call, FunctionNode]]:
    """Give the functions under `@app.exception_handler(...)`."""
    for function in functions(module):
        for one in function.decorator_list:
            if isinstance(one, ast.Call) and getattr(one.func, "attr", "") == "exception_handler":
                yield one, function


def registered(call: ast.Call, name: str, module: Module) -> Iterator[ast.expr]:
    """Give what `add_exception_handler(E, f)` and `exception_handlers={E: f}` name."""
    if getattr(call.func, "attr", "") == "add_exception_handler" and names(
        call.args[:1], name, module
    ):
        yield from call.args[1:2]
    for keyword in call.keywords:
        if keyword.arg == "exception_handlers" and isinstance(keyword.value, ast.Dict):
            pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
            yield from (value for key, value in pairs if key and names([key], name, module))


def names(given: list[ast.expr], name: str, module: Module) -> bool:
    """Tell whether an exception of this name is meant."""
    return any(module.qualify(one).rpartition(".")[2] == name for one in given)


def closes(handler: Function) -> bool:
    """Tell whether a handler has to do with closing."""
    return any(
        isinstance(one, ast.Attribute) and one.attr in {"close", "send_denial_response"}
        for one in walk(handler.node)
    )
