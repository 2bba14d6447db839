"""Who a function sends to, and what stands around each send: a guard, a deadline."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import arguments, callee, receiver
from holdfast.check.code.kinds import Function, Instance, inference
from holdfast.check.code.module import (
    Comprehension,
    FunctionNode,
    Module,
    own_nodes,
    parameters,
    walk,
)
from holdfast.check.facts.sockets import callee_name, operation
from holdfast.check.flow.exceptions import caught_names, type_names

TIMEOUTS = {"timeout", "timeout_at", "move_on_after", "move_on_at", "fail_after", "fail_at"}
SPAWNS = {"asyncio.create_task", "asyncio.ensure_future", "asyncio.shield", "asyncio.Task"}
# Handlers of these alone are not there for a client that is gone.
UNRELATED = {
    "TimeoutError", "QueueFull", "QueueEmpty", "CancelledError", "ValueError", "TypeError",
    "KeyError", "IndexError", "LookupError", "AttributeError", "JSONDecodeError", "ValidationError",
    "UnicodeDecodeError", "NameError", "AssertionError", "ImportError", "StopIteration",
}  # fmt: skip
DECORATORS = {"staticmethod", "classmethod", "override", "typing.override"}
DEPTH = 4
Around = ast.Try | ast.TryStar | ast.With | ast.AsyncWith


class Delivery(NamedTuple):
    """A send that is waited for, to what one of the `subjects` (parameters) is or leads to."""

    subjects: frozenset[str]
    guarded: bool
    deadline: bool


def deliveries(function: Function, depth: int = 0) -> list[Delivery]:
    """Give the sends that a function waits for, its helpers' included.

    Sends within a loop over many are left out: they are that loop's.
    """
    kept: dict[ast.AST, list[Delivery]] = function.module.notes.setdefault("deliveries", {})
    if function.node not in kept:
        kept[function.node] = []
        if depth < DEPTH:
            kept[function.node] = list(_deliveries(function, depth))
    return kept[function.node]


def _deliveries(function: Function, depth: int) -> Iterator[Delivery]:
    module, node = function.module, function.node
    names = {one.arg for one, _ in parameters(node)}
    is_changed = any(module.qualify(one) not in DECORATORS for one in node.decorator_list)
    if ends_it(node, module):
        return
    for waited in own_nodes(node):
        if not isinstance(waited, ast.Await | ast.Return) or waited.value is None:
            continue
        if isinstance(waited, ast.Return) and function.is_async:
            continue
        for one in delivered(waited.value, names, module, depth):
            yield Delivery(
                one.subjects,
                one.guarded or is_changed or is_guarded(waited, node, module),
                one.deadline or is_changed or has_deadline(waited, module),
            )


def ends_it(node: FunctionNode, module: Module) -> bool:
    """Tell whether a function closes the WebSocket on its way: it says goodbye, and no news."""
    return any(
        operation(one, module) == "close"
        and not any(isinstance(up, ast.ExceptHandler) for up in module.ancestors(one))
        for one in own_nodes(node)
    )


def delivered(
    node: ast.expr, names: set[str], module: Module, depth: int = 0
) -> Iterator[Delivery]:
    """Give what a coroutine delivers to the subjects with these names, once it is awaited."""
    if not isinstance(node, ast.Call):
        return
    name = callee_name(node, module)
    if name.rpartition(".")[2] == "wait_for" or name in SPAWNS:
        for one in delivered(node.args[0], names, module, depth) if node.args else ():
            yield one._replace(deadline=one.deadline or is_wait_for(node, module))
        return
    if operation(node, module) == "send":
        if subjects := subjects_of(receiver(node), names, module):
            yield Delivery(frozenset(subjects), False, False)
        return
    helper = callee(node, module)
    if helper is None or helper.name == "__init__":
        return
    given: dict[str, ast.expr] = arguments(node, helper)
    if helper.bound and isinstance(node.func, ast.Attribute):
        given = {
            next((one.arg for one, _ in parameters(helper.node)), ""): node.func.value,
            **given,
        }
    for one in deliveries(helper, depth + 1):
        outer = [subjects_of(given[each], names, module) for each in one.subjects if each in given]
        if subjects := set().union(*outer):
            yield one._replace(subjects=frozenset(subjects))


def subjects_of(node: ast.expr | None, names: set[str], module: Module, depth: int = 0) -> set[str]:
    """Tell which of these names an expression is taken from: `peers[name].ws` from `name`."""
    match node:
        case ast.Name(id=name):
            if name in names:
                return {name}
            return aliased(node, names, module, depth) if depth < DEPTH else set()
        case ast.Attribute(value=value) | ast.Await(value=value) | ast.NamedExpr(value=value):
            return subjects_of(value, names, module, depth)
        case ast.Subscript(value=value, slice=key):
            return subjects_of(key, names, module, depth) or subjects_of(
                value, names, module, depth
            )
        case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[key, *_]):
            return subjects_of(key, names, module, depth) or subjects_of(
                value, names, module, depth
            )
    return set()


def aliased(node: ast.Name, names: set[str], module: Module, depth: int) -> set[str]:
    """Follow a local name to what it is another name of."""
    scope, bindings = inference(module).scopes(module).lookup(node)
    if not isinstance(scope, FunctionNode):
        return set()
    sources = [one.source for one in bindings if one.how == "value"]
    found = (
        subjects_of(one, names, module, depth + 1) for one in sources if isinstance(one, ast.expr)
    )
    return set().union(*found)


# -- what stands around ---------------------------------------------------------------------------


def around(node: ast.AST, end: ast.AST, module: Module) -> Iterator[tuple[Around, ast.AST]]:
    """Walk up to `end`, within the function: each try and with, and the part of it that is left."""
    for parent in module.ancestors(node):
        if parent is end or isinstance(parent, FunctionNode | ast.Lambda):
            return
        if isinstance(parent, Around):
            yield parent, node
        node = parent


def is_guarded(node: ast.AST, end: ast.AST, module: Module) -> bool:
    """Tell whether something between a send and `end` catches what a dead client makes it raise."""
    return any(guards(outer, inner, module) for outer, inner in around(node, end, module))


def guards(outer: Around, inner: ast.AST, module: Module) -> bool:
    """Tell whether a try or with catches what is raised in a part of it."""
    if isinstance(outer, ast.Try | ast.TryStar):
        ends = [one for one in outer.handlers if not isinstance(one.body[-1], ast.Raise)]
        names = [caught_names(one, module) for one in ends]
        return inner in outer.body and any(not one <= UNRELATED for one in names)
    for item in outer.items:
        call = item.context_expr
        if isinstance(call, ast.Call):
            if callee_name(call, module).endswith("suppress"):
                return any(not {*type_names(one, module)} <= UNRELATED for one in call.args)
            if callee(call, module) or isinstance(inference(module).kind(call, module), Instance):
                return True  # a context manager of the project may catch anything
    return False


def has_deadline(node: ast.AST, module: Module, depth: int = 0) -> bool:
    """Tell whether a deadline stands around a node, within its function."""
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, ast.With | ast.AsyncWith):
            if any(limits(item.context_expr, module, depth) for item in parent.items):
                return True
        if isinstance(parent, ast.Call) and is_wait_for(parent, module):
            return True
    return False


def limits(node: ast.expr, module: Module, depth: int) -> bool:
    """Tell whether a context manager sets a deadline: a library's, or one that is made of it."""
    if not isinstance(node, ast.Call):
        return False
    if module.qualify(node.func).rpartition(".")[2] in TIMEOUTS:
        return is_timeout(node, module)
    kind = inference(module).kind(node, module)
    if isinstance(kind, Instance):
        # A context manager of the project that holds one of theirs.
        inside = (one for one in walk(kind.of.node) if isinstance(one, ast.Call))
        return any(is_timeout(one, kind.of.module) for one in inside)
    made = callee(node, module) if depth < DEPTH else None
    yields = (one for one in own_nodes(made.node) if isinstance(one, ast.Yield)) if made else ()
    return any(has_deadline(one, made.module, depth + 1) for one in yields if made)


def is_timeout(call: ast.Call, module: Module) -> bool:
    """Tell whether a call makes a deadline, as `asyncio.timeout(5)` does."""
    return module.qualify(call.func).rpartition(".")[2] in TIMEOUTS and not is_endless(
        call.args[:1]
    )


def is_wait_for(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is `wait_for`, and not one that is told to wait for ever."""
    given = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "timeout")]
    return module.qualify(call.func).rpartition(".")[2] == "wait_for" and not is_endless(given)


def is_endless(given: list[ast.expr]) -> bool:
    """Tell whether a deadline is None: then there is none."""
    return any(isinstance(one, ast.Constant) and one.value is None for one in given)


def names_of(node: ast.AST) -> set[str]:
    """Give the names in a loop's target."""
    return {one.id for one in walk(node) if isinstance(one, ast.Name)}


LEAVES = ast.Break | ast.Return | ast.Raise


def leaves_after(node: ast.AST, loop: ast.AST, module: Module) -> bool:
    """Tell whether the loop is left once this is done: then it is done with one only."""
    for parent in module.ancestors(node):
        if isinstance(node, LEAVES) or any(isinstance(one, LEAVES) for one in rest(node, parent)):
            return True
        if parent is loop or isinstance(parent, Comprehension):
            return False
        node = parent
    return False


def rest(node: ast.AST, parent: ast.AST) -> list[ast.AST]:
    """Give the statements behind one in its block."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and node in block:
            return block[block.index(node) + 1 :]
    return []


def is_about_one(node: ast.AST, loop: ast.For, module: Module) -> bool:
    """Tell whether a condition picks one out of many: `if name == key`, `if peer is ws`."""
    for parent in module.ancestors(node):
        if parent is loop:
            return False
        test = parent.test if isinstance(parent, ast.If) and node in parent.body else None
        for one in walk(test) if test else ():
            if isinstance(one, ast.Compare) and picks(one, loop):
                return True
        node = parent
    return False


def picks(test: ast.Compare, loop: ast.For) -> bool:
    """Tell whether a comparison holds for one of what a loop goes over: a key, the thing itself."""
    names = names_of(loop.target)
    if isinstance(loop.target, ast.Tuple):
        first = loop.target.elts[0]
        is_items = isinstance(loop.iter, ast.Call) and "items" in ast.unparse(loop.iter)
        names = {first.id} if is_items and isinstance(first, ast.Name) else set()
    sides = [test.left, *test.comparators]
    return isinstance(test.ops[0], ast.Eq | ast.Is) and any(
        isinstance(one, ast.Name) and one.id in names for one in sides
    )
