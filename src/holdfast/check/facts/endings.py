"""What may keep a client's leaving from an endpoint, and which handlers are meant for it."""

from __future__ import annotations

import ast

from holdfast.check.code.module import Loop, Module, walk
from holdfast.check.facts.loops import is_sleep
from holdfast.check.facts.sockets import Use, is_socket, uses
from holdfast.check.flow.exceptions import EVERYTHING, caught_names

# What a handler may be told of a client that left; whatever has a name like these is another one.
OF_THE_END = EVERYTHING | {"?", "RuntimeError", "OSError", "ConnectionError", "CancelledError"}
# After a helper that does one of these, the client may be gone.
TALKS = {"receive", "raw_receive", "iterate", "escape"}
WORDS = ("Disconnect", "Closed", "Reset", "BrokenPipe", "Aborted")
DEADLINES = {"asyncio.timeout", "asyncio.timeout_at", "anyio.fail_after"}


def is_plain(use: Use) -> bool:
    """Tell whether what a helper does tells nothing new of the client: a receive with no handler.

    One that returns has found the client there.
    """
    if use.operation not in TALKS:
        return True
    has_more = any(may_hide(one, use.module) for one in use.module.ancestors(use.inner))
    return use.operation == "receive" and not has_more


def may_hide(node: ast.AST, module: Module) -> bool:
    """Tell whether what stands around a receive may go on though the client has left."""
    if isinstance(node, ast.ExceptHandler):
        return are_of_the_end(caught_names(node, module))
    if isinstance(node, ast.Try | ast.TryStar):
        return bool(node.finalbody) or any(may_hide(one, module) for one in node.handlers)
    if isinstance(node, ast.With | ast.AsyncWith):
        made = [one.context_expr for one in node.items]
        return not all(isinstance(one, ast.Call) and is_deadline(one, module) for one in made)
    return isinstance(node, Loop)


def is_deadline(call: ast.Call, module: Module) -> bool:
    """Tell whether a context manager does nothing but end what takes too long."""
    return module.qualify(call.func) in DEADLINES


def is_of_the_end(handler: ast.ExceptHandler, module: Module) -> bool:
    """Tell whether a handler may be meant for a client that left: of a try that has the socket."""
    if not are_of_the_end(caught_names(handler, module)):
        return False
    body: list[ast.stmt] = getattr(module.parents[handler], "body", [])
    nodes = [one for part in body for one in walk(part)]
    waits = [one for one in nodes if isinstance(one, ast.Await)]
    if waits and all(is_sleep(one, module) for one in waits):
        return True  # nothing but a cancellation ends a sleep
    if any(is_socket(one, module) for one in nodes if isinstance(one, ast.Name | ast.Attribute)):
        return True
    function = module.function_of(handler)
    return function is not None and any(
        module.within(one.call, body) for one in uses(function, module)
    )


def are_of_the_end(names: set[str]) -> bool:
    """Tell whether one of these exceptions may tell that the client has left."""
    return bool(names & OF_THE_END) or any(word in name for name in names for word in WORDS)
