"""The functions that serve a connection, of FastAPI, Starlette and Holdfast, and what they need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.kinds import Function
from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.facts.dependencies import (
    Dependency,
    of_keyword,
    of_owner,
    of_parameters,
    provided,
)
from holdfast.check.facts.ours import handlers
from holdfast.check.facts.routes import endpoints, routes

BY_FASTAPI = {"websocket", "add_api_websocket_route"}


class Served(NamedTuple):
    """A function of a file that serves connections; `by` is fastapi, starlette or holdfast."""

    function: FunctionNode
    by: str
    path: str = ""


def served(module: Module) -> list[Served]:
    """Give the functions of a file that serve connections, once each."""
    if "served" not in module.notes:
        found = [
            Served(one.function, by(one.route.how, one.route.framework), one.route.path)
            for one in endpoints(module)
        ]
        found += [
            Served(one.function, "holdfast", path_of(one.call))
            for one in handlers(module)
            if one.how != "endpoint"
        ]
        module.notes["served"] = found
    kept: list[Served] = module.notes["served"]
    return kept


def by(how: str, framework: str) -> str:
    """Tell who reads a function's parameters: FastAPI, or nobody."""
    return "fastapi" if how in BY_FASTAPI and framework != "starlette" else "starlette"


def path_of(call: ast.Call | None) -> str:
    """Give the path that a decorator names."""
    first = call.args[0] if call and call.args else None
    value = first.value if isinstance(first, ast.Constant) else ""
    return value if isinstance(value, str) else ""


def needs(one: Served, module: Module) -> Iterator[Dependency]:
    """Give what a served function depends on, with all below it; `named` is where it says so."""
    if one.by == "starlette":
        return
    waiting = list(first_needs(one, module))
    seen: set[tuple[ast.AST, ast.AST]] = set()
    while waiting:
        found = waiting.pop(0)
        key = (found.function.node, found.named)
        if key not in seen:
            seen.add(key)
            yield found
            inner = of_parameters(found.function)
            waiting += [Dependency(below.function, found.named) for below in inner]


def first_needs(one: Served, module: Module) -> Iterator[Dependency]:
    """Give what a function, its decorator and its router name."""
    yield from of_parameters(Function(module, one.function))
    for route in routes(module):
        if route.function is one.function and route.module is module:
            yield from of_keyword(route.call, module)
            yield from of_owner(route, module)
    for handler in handlers(module):
        if handler.function is one.function and handler.call:
            yield from of_keyword(handler.call, module)
            yield from of_user(handler.call, module)


def of_user(call: ast.Call, module: Module) -> Iterator[Dependency]:
    """Give what `user=Depends(f)` of Holdfast's decorators names."""
    for keyword in call.keywords:
        if keyword.arg == "user" and isinstance(keyword.value, ast.Call):
            if found := provided(keyword.value, None, module):
                yield Dependency(found, keyword.value)
