"""A broadcast awaits each send, or gathers them, with no deadline.

One client that stops reading (a suspended laptop is enough) stops the broadcast for everybody, for
as long as it stays. Keepalive does not end this: closing the connection waits for the very bytes
that cannot be sent. `asyncio.gather` waits for the slowest just the same.

Not reported: a send within `wait_for`, `timeout` or `move_on_after`; a loop that sends to one peer
and leaves; a loop over things that an annotation shows to be no WebSockets; a put into a queue per
client.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.module import FunctionNode, Module
from holdfast.check.rules.rule import Rule
from holdfast.check.sockets import SENDS, may_hold_websockets

DEADLINES = {"timeout", "timeout_at", "move_on_after", "move_on_at", "fail_after", "fail_at"}
SOCKETS = {"websocket", "ws", "socket", "sock"}
LEAVES = ast.Break | ast.Return | ast.Raise
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp


def find(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Find the first send of each loop, and each gather, that may wait for ever."""
    seen: set[ast.AST] = set()
    for node in module.nodes:
        if not isinstance(node, ast.Await) or has_deadline(node, module):
            continue
        for loop in broadcasts(node, module):
            if loop not in seen:
                seen.add(loop)
                yield node, "One client that stops reading stops this broadcast for everybody"


def broadcasts(node: ast.Await, module: Module) -> Iterator[ast.AST]:
    """Give the loops over many WebSockets that an await is part of."""
    if module.qualify(call_of(node.value)) == "asyncio.gather":
        yield from gathered(node, module)
    elif name := peer(node.value):
        loop = loop_over(name, node, module)
        if loop and not leaves_after(node, loop, module):
            yield loop


def call_of(node: ast.expr) -> ast.expr | None:
    """Give what is called, of a call."""
    return node.func if isinstance(node, ast.Call) else None


def peer(node: ast.expr) -> str:
    """Name the variable in `ws.send_text()` and `client.ws.send_text()`; else nothing."""
    function = call_of(node)
    if not isinstance(function, ast.Attribute) or function.attr not in SENDS:
        return ""
    target = function.value
    if isinstance(target, ast.Attribute) and target.attr in SOCKETS:
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def gathered(node: ast.Await, module: Module) -> Iterator[ast.AST]:
    """Find `gather(*(ws.send_text(...) for ws in peers))`."""
    arguments = node.value.args if isinstance(node.value, ast.Call) else []
    for argument in arguments:
        inner = argument.value if isinstance(argument, ast.Starred) else argument
        if isinstance(inner, Comprehension) and (name := peer(inner.elt)):
            if any(goes_over(one, name, module) for one in inner.generators):
                yield inner


def loop_over(name: str, node: ast.AST, module: Module) -> ast.AST | None:
    """Find the innermost loop that gives a name its values, if those may be WebSockets."""
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode | ast.Lambda):
            return None
        loops = parent.generators if isinstance(parent, Comprehension) else [parent]
        for loop in loops:
            if isinstance(loop, ast.For | ast.comprehension) and goes_over(loop, name, module):
                return parent
    return None


def goes_over(loop: ast.For | ast.comprehension, name: str, module: Module) -> bool:
    """Tell whether a loop's variable is this name, and its values may be WebSockets."""
    targets = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
    return name in targets and may_hold_websockets(loop.iter, module)


def leaves_after(node: ast.AST, loop: ast.AST, module: Module) -> bool:
    """Tell whether the loop is left once this is done: then it looks for one peer only."""
    for parent in module.ancestors(node):
        if any(isinstance(one, LEAVES) for one in rest_of_block(node, parent)):
            return True
        if parent is loop:
            return False
        node = parent
    return False


def rest_of_block(node: ast.AST, parent: ast.AST) -> list[ast.AST]:
    """Give a statement and those that follow it in its block."""
    for block in (getattr(parent, "body", None), getattr(parent, "orelse", None)):
        if isinstance(block, list) and node in block:
            return block[block.index(node) :]
    return []


def has_deadline(node: ast.AST, module: Module) -> bool:
    """Tell whether a deadline stands around a node, within its function."""
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, ast.With | ast.AsyncWith):
            names = (module.qualify(call_of(item.context_expr)) for item in parent.items)
            if any(name.rpartition(".")[2] in DEADLINES for name in names):
                return True
    return False


RULE = Rule(
    "WSK306",
    "broadcast-without-deadline",
    "Give each send a deadline, or each client a bounded queue; holdfast's publish needs neither",
    __doc__ or "",
    find,
)
