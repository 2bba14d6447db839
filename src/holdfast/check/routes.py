"""Which functions of a file are WebSocket endpoints, and how they are registered."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.module import FRAMEWORKS, FunctionNode, Module

DECORATORS = {"websocket", "websocket_route"}
REGISTRATIONS = {"add_api_websocket_route", "add_websocket_route", "WebSocketRoute"}


class Route(NamedTuple):
    """A function, the call that makes it an endpoint, and what that call is named."""

    function: FunctionNode
    call: ast.Call
    how: str
    framework: str

    @property
    def path(self) -> str:
        """The path, where it stands there literally."""
        values = [*self.call.args[:1], *(one.value for one in self.call.keywords)]
        texts = (one.value for one in values if isinstance(one, ast.Constant))
        return next((text for text in texts if isinstance(text, str)), "")


def routes(module: Module) -> Iterator[Route]:
    """Find the endpoints that a file registers."""
    if not module.uses_framework:
        return
    functions = {one.name: one for one in module.tree.body if isinstance(one, FunctionNode)}
    for node in module.nodes:
        if isinstance(node, FunctionNode):
            yield from decorated(node, module)
        elif isinstance(node, ast.Call):
            yield from registered(node, functions, module)


def decorated(function: FunctionNode, module: Module) -> Iterator[Route]:
    """Find the decorators that make a function an endpoint as it stands."""
    # One applied before may have made something else of the function, so only the innermost counts.
    for call in function.decorator_list[-1:]:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            framework = framework_of(call.func.value, module)
            if call.func.attr in DECORATORS and framework != "other":
                yield Route(function, call, call.func.attr, framework)


def registered(
    call: ast.Call, functions: dict[str, FunctionNode], module: Module
) -> Iterator[Route]:
    """Find the functions that a call such as `WebSocketRoute("/", f)` registers."""
    how = module.qualify(call.func).rpartition(".")[2]
    if how not in REGISTRATIONS:
        return
    given = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "endpoint")]
    for value in given:
        function = functions.get(value.id) if isinstance(value, ast.Name) else None
        if function and not function.decorator_list:
            yield Route(function, call, how, "unknown")


def framework_of(receiver: ast.expr, module: Module) -> str:
    """Say whose object routes are added to: a framework, `other`, or `unknown` to this file."""
    wanted = ast.unparse(receiver)
    for node in module.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if wanted in map(ast.unparse, node.targets):
                return maker(module.qualify(node.value.func))
    return "unknown"


def maker(name: str) -> str:
    """Say which framework a class belongs to."""
    root, last = name.partition(".")[0], name.rpartition(".")[2]
    if root in FRAMEWORKS:
        return root
    # A class from elsewhere is another framework's; a factory or a class of ours may return ours.
    return "other" if root and root != last and last[:1].isupper() else "unknown"
