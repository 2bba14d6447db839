"""What becomes of an exception where it is raised: who catches it, and whether that goes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Function, Instance, inference
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, walk
from holdfast.check.facts.sockets import given, is_harmless, is_socket, operation
from holdfast.check.flow.exceptions import caught_names, type_names

DISCONNECT = {"WebSocketDisconnect", "Exception", "BaseException"}
Try = ast.Try | ast.TryStar
# Their handlers are meant for the client's end, whether or not they ever see it.
ENDS = DISCONNECT | {
    "RuntimeError", "WebSocketDisconnected", "ClientDisconnected", "ConnectionClosed",
    "ConnectionClosedOK", "ConnectionClosedError", "ConnectionResetError", "ConnectionError",
    "ConnectionAbortedError", "BrokenPipeError", "OSError",
}  # fmt: skip
LEAVES = ENDS | {"CancelledError", "KeyboardInterrupt", "GeneratorExit"}
STOPS = {"exit", "_exit", "cancel", "abort", "quit"}


def catchers(node: ast.AST, module: Module) -> Iterator[tuple[ast.AST, set[str]]]:
    """Give what stands around a node in its function and catches: handlers, `suppress`.

    The names are of what is caught; `?` for what is not known. The innermost comes first.
    """
    below: ast.AST = node
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode | ast.Lambda):
            return
        if isinstance(parent, Try) and below in parent.body:
            for handler in parent.handlers:
                yield handler, caught_names(handler, module)
        elif isinstance(parent, ast.With | ast.AsyncWith) and below in parent.body:
            for item in parent.items:
                if names := caught_by_manager(item.context_expr, module):
                    yield parent, names
        below = parent


def caught_by_manager(node: ast.expr, module: Module) -> set[str]:
    """Name what a context manager catches: `suppress(...)`, or one of the project's own."""
    if not isinstance(node, ast.Call):
        return set()
    last = module.qualify(node.func).rpartition(".")[2]
    if last == "suppress":
        return {name for one in node.args for name in type_names(one, module)}
    if last in {"ExitStack", "AsyncExitStack"}:
        return {"?"}
    infer = inference(module)
    found = infer.kind(node.func, module)
    if isinstance(found, Function):
        return set() if not may_catch(found) else {"?"}
    kind = infer.kind(node, module)
    for name in ("__aexit__", "__exit__") if isinstance(kind, Instance) else ():
        leave = infer.attribute(kind, name) if kind else None
        if isinstance(leave, Function) and any(
            isinstance(one, ast.Return) for one in own_nodes(leave.node)
        ):
            return {"?"}
    return set()


def may_catch(found: Function) -> bool:
    """Tell whether a function written as a context manager catches what its body raises."""
    return any(isinstance(one, ast.ExceptHandler) for one in own_nodes(found.node))


def is_caught(node: ast.AST, names: set[str], module: Module) -> bool:
    """Tell whether one of these exceptions, raised at a node, may be caught in its function."""
    return any(not caught.isdisjoint(names | {"?"}) for _, caught in catchers(node, module))


def first_catcher(
    node: ast.AST, names: set[str], module: Module
) -> tuple[ast.AST, set[str]] | None:
    """Find what catches an exception raised at a node, within its function."""
    for where, caught in catchers(node, module):
        if not caught.isdisjoint(names | {"?"}):
            return where, caught
    return None


def inside(block: list[ast.stmt]) -> Iterator[ast.AST]:
    """Walk statements, without the functions and classes in them."""
    for statement in block:
        yield statement
        if not isinstance(statement, FunctionNode | ast.ClassDef):
            yield from own_nodes(statement)


def exits(block: list[ast.stmt], loop: Loop, module: Module) -> Iterator[ast.stmt]:
    """Give the statements of a block that leave a loop."""
    for node in inside(block):
        if isinstance(node, ast.Return | ast.Raise) or (
            isinstance(node, ast.Break) and module.loop_of(node) is loop
        ):
            yield node


def goes_on(handler: ast.ExceptHandler, loop: Loop, module: Module) -> bool:
    """Tell whether a loop surely goes round again after a handler in it."""
    if any(exits(handler.body, loop, module)):
        return False
    if any(may_end(node, loop, module) for node in inside(handler.body)):
        return False
    around = module.parents[handler]
    assert isinstance(around, Try)
    if any(exits(around.finalbody, loop, module)):
        return False
    return isinstance(handler.body[-1], ast.Continue) or not any(
        any(exits([statement], loop, module)) for statement in following(around, loop, module)
    )


def following(node: ast.AST, loop: Loop, module: Module) -> Iterator[ast.stmt]:
    """Give the statements of a loop that come after one of it, the blocks around included."""
    while node is not loop:
        if isinstance(node, ast.stmt):
            block = module.block_of(node)
            yield from block[block.index(node) + 1 :]
        parent = module.parents[node]
        if isinstance(parent, Try) and node in parent.body:
            yield from parent.orelse
        node = parent


def may_end(node: ast.AST, loop: Loop, module: Module) -> bool:
    """Tell whether something in a handler may end the loop otherwise than by a statement."""
    test = loop.test if isinstance(loop, ast.While) else None
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        return test is not None and ast.unparse(node) in texts(test)
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else module.qualify(node.func)
    if name.rpartition(".")[2] in STOPS or operation(node, module) == "close":
        return True
    if found := callee(node, module):
        return function_may_end(found, test)
    if any(is_socket(one, module) for one in given(node)) and not is_harmless(node, module):
        return True
    touched = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    return test is not None and touched in texts(test)


def function_may_end(found: Function, test: ast.expr | None) -> bool:
    """Tell whether a function that a handler calls raises, closes, or changes a loop's flag."""
    wanted = texts(test) if test is not None else set()
    for node in own_nodes(found.node):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call) and operation(node, found.module) == "close":
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in STOPS or ast.unparse(node.func.value) in wanted - {"self"}:
                return True
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store):
            if ast.unparse(node) in wanted:
                return True
    return False


def texts(test: ast.expr) -> set[str]:
    """Spell the names and attributes in a condition."""
    return {ast.unparse(one) for one in walk(test) if isinstance(one, ast.Name | ast.Attribute)}


def is_idle(statement: ast.stmt) -> bool:
    """Tell whether a statement does nothing but log, or return nothing."""
    if isinstance(statement, ast.Return):
        value = statement.value
        return value is None or (isinstance(value, ast.Constant) and value.value is None)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        name = ast.unparse(statement.value.func)
        return name == "print" or "log" in name.lower()
    return isinstance(statement, ast.Pass)
