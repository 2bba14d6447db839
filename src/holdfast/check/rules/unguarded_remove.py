"""A connection is removed from a list that may not have it any more.

A broadcast removes a peer that it could not reach, and the peer's own handler removes it once more:
`ValueError: list.remove(x): x not in list` (`KeyError` with a set). It is raised in the middle of a
clean-up, whose rest is left out, or in a broadcast, which stops there.

Wrong:

```python
from fastapi import WebSocket


class Manager:
    def __init__(self) -> None:
        self.active: list[WebSocket] = []

    def connect(self, websocket: WebSocket) -> None:
        self.active.append(websocket)

    def disconnect(self, websocket: WebSocket) -> None:
        self.active.remove(websocket)
```

Right:

```python
from fastapi import WebSocket


class Manager:
    def __init__(self) -> None:
        self.active: set[WebSocket] = set()

    def connect(self, websocket: WebSocket) -> None:
        self.active.add(websocket)

    def disconnect(self, websocket: WebSocket) -> None:
        self.active.discard(websocket)
```

Not reported: a removal behind a test with `in`, in a `try`, or in `suppress`; `discard`; the only
removal that there is, where the function that has registered the connection makes it, once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import indent_of, replace, step
from holdfast.check.code.kinds import Container, files_around, inference
from holdfast.check.code.module import FunctionNode, Module, outermost, own_nodes, parameters, walk
from holdfast.check.facts.callers import all_changes, calls_of, is_one_connection, values_given
from holdfast.check.facts.cleanup import Tries
from holdfast.check.facts.registries import Change, Place, deeper, place_of, registered
from holdfast.check.facts.routes import is_websocket_endpoint
from holdfast.check.finding import Fix
from holdfast.check.flow.exceptions import EVERYTHING, caught_names, type_names
from holdfast.check.rules.rule import Problem, Rule

RAISES = {"list": {"ValueError"}, "set": {"KeyError", "LookupError"}}
LAST = "on_disconnect"
Flag = ast.Name | ast.Attribute
LEAVES = ast.Return | ast.Raise | ast.Continue | ast.Break


def find(module: Module) -> Iterator[Problem]:
    """Find calls of `remove` on a registry, with nothing that guards them."""
    for call in module.every(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "remove":
            continue
        kind = inference(module).kind(call.func.value, module)
        if len(call.args) != 1 or not isinstance(kind, Container) or kind.type not in RAISES:
            continue
        function = module.function_of(call)
        if function is None or not is_registry(call.func.value, kind, call.args[0], module):
            continue
        if is_guarded(call, kind.type, module) or are_guarded(function, module):
            continue
        if may_be_second(call, function, module):
            error = "ValueError" if kind.type == "list" else "KeyError"
            name = ast.unparse(call.func)
            message = f"`{name}()` raises {error} if the connection was removed before"
            yield Problem(call, message, fix(call, kind.type, module))


def is_registry(target: ast.expr, kind: Container, value: ast.expr, module: Module) -> bool:
    """Tell whether a collection outlives its function, and has connections in it."""
    given = inference(module).kind(value, module)
    holds = is_one_connection(kind.item) or is_one_connection(given)
    if not holds and given is None and isinstance(value, ast.Name):
        holds = is_given_connection(value, module)
    return holds and place_of(target, module) is not None


def is_given_connection(name: ast.Name, module: Module) -> bool:
    """Tell whether a parameter of which nothing else is known is given connections."""
    function = module.function_of(name)
    named = [one.arg for one, _ in parameters(function)] if function else []
    if function is None or name.id not in named:
        return False
    return any(
        is_one_connection(inference(file).kind(value, file))
        for value, file in values_given(name.id, function, module)
    )


def is_guarded(call: ast.Call, kind: str, module: Module) -> bool:
    """Tell whether a removal is made only if there is something to remove, or may fail."""
    below: ast.AST = call
    wanted = ast.dump(call.args[0])
    for parent in module.ancestors(call):
        if isinstance(parent, FunctionNode | ast.Lambda):
            is_once = isinstance(parent, FunctionNode) and is_run_once(call, parent)
            return is_once or tested_before(below, parent, wanted, module)
        if isinstance(parent, ast.If | ast.IfExp | ast.While) and tests(parent.test, wanted):
            return True
        if isinstance(parent, Tries) and below in parent.body:
            names = {name for one in parent.handlers for name in caught_names(one, module)}
            if names & (RAISES[kind] | EVERYTHING | {"?"}):
                return True
        if isinstance(parent, ast.With | ast.AsyncWith) and suppresses(parent, kind, module):
            return True
        if isinstance(parent, ast.For) and is_of_loop(call, parent, module):
            return True
        if isinstance(below, ast.stmt) and tested_before(below, parent, wanted, module):
            return True
        below = parent
    return False


def is_run_once(call: ast.Call, function: FunctionNode) -> bool:
    """Tell whether a function leaves if it has run before, and notes so: `self.closed = True`."""
    noted = {
        ast.unparse(goal)
        for one in own_nodes(function)
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)
        for goal in one.targets
    }
    return any(
        isinstance(one, ast.If)
        and isinstance(one.body[-1], LEAVES)
        and any(ast.unparse(each) in noted for each in walk(one.test) if isinstance(each, Flag))
        for one in function.body
        if one.lineno < call.lineno
    )


def tests(test: ast.expr, wanted: str) -> bool:
    """Tell whether a condition asks whether the connection is in something, or a helper does."""
    for one in walk(test):
        if isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.In | ast.NotIn):
            if ast.dump(one.left) == wanted:
                return True
        if isinstance(one, ast.Call) and wanted in map(ast.dump, one.args):
            return True
    return False


def are_guarded(function: FunctionNode, module: Module) -> bool:
    """Tell whether all who call a helper look first whether the connection is there."""
    calls = calls_of(function, module)
    return bool(calls) and all(
        any(
            isinstance(parent, ast.If)
            and any(tests(parent.test, ast.dump(one)) for one in call.args)
            for parent in caller.ancestors(call)
        )
        for call, caller, _ in calls
    )


def tested_before(below: ast.AST, parent: ast.AST, wanted: str, module: Module) -> bool:
    """Tell whether the block was left before, if the connection is not in the collection."""
    if not isinstance(below, ast.stmt) or module.parents[below] is not parent:
        return False
    block = module.block_of(below)
    return any(
        isinstance(one, ast.If) and tests(one.test, wanted) and isinstance(one.body[-1], LEAVES)
        for one in block[: block.index(below)]
    )


def suppresses(statement: ast.With | ast.AsyncWith, kind: str, module: Module) -> bool:
    """Tell whether a `with` suppresses what the removal raises."""
    for item in statement.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and module.qualify(call.func).endswith("suppress"):
            names = {name for one in call.args for name in type_names(one, module)}
            if names & (RAISES[kind] | EVERYTHING | {"?"}):
                return True
    return False


def is_of_loop(call: ast.Call, loop: ast.For, module: Module) -> bool:
    """Tell whether a loop over the collection itself gave the connection, and nothing came between.

    It is so where the loop awaits nothing, and where it looks for one connection and leaves.
    """
    assert isinstance(call.func, ast.Attribute)
    value = call.args[0]
    targets = {one.id for one in walk(loop.target) if isinstance(one, ast.Name)}
    if not isinstance(value, ast.Name) or value.id not in targets:
        return False
    block = module.block_of(module.statement_of(call))
    if any(isinstance(one, ast.Await) for one in own_nodes(loop)) and not isinstance(
        block[-1], LEAVES
    ):
        return False
    return gone_over(loop, module) == place_of(call.func.value, module)


def gone_over(loop: ast.For, module: Module) -> tuple[Place, int] | None:
    """Tell which collection a loop goes over; `for clients in rooms.values()` gives one, too."""
    picked = picked_from(loop, module)
    found = place_of(picked, module)
    if found or not isinstance(picked, ast.Name):
        return found
    _, bindings = inference(module).scopes(module).lookup(picked)
    given = [place_of(one.source, module) for one in bindings if one.how == "item"]
    return deeper(given[0]) if len(given) == len(bindings) == 1 else None


def picked_from(loop: ast.For, module: Module) -> ast.expr:
    """Give what a loop goes over; or what that was picked from right before, with no wait since."""
    if not isinstance(loop.iter, ast.Name):
        return loop.iter
    _, bindings = inference(module).scopes(module).lookup(loop.iter)
    match [one.source for one in bindings if one.how != "annotation"]:
        case [ast.ListComp(elt=ast.Name(id=name), generators=[first]) as made]:
            is_same = isinstance(first.target, ast.Name) and first.target.id == name
            function = module.function_of(loop)
            nodes = own_nodes(function) if function else []
            waits = (one.lineno for one in nodes if isinstance(one, ast.Await))
            if is_same and not any(made.lineno <= one <= loop.lineno for one in waits):
                return first.iter
    return loop.iter


def may_be_second(call: ast.Call, function: FunctionNode, module: Module) -> bool:
    """Tell whether a connection may have been removed before.

    A helper may be called from anywhere. A function that removes what it has registered is the
    first to do so, unless something else removes connections, too, or it has a helper inside for
    that, which it calls in several places.
    """
    outer = outermost(function, module)
    assert isinstance(call.func, ast.Attribute)
    found = place_of(call.func.value, module)
    added = [one for one in registrations(outer, module) if found and one.place == found[0]]
    if not found or not added or is_run_twice(function, module):
        return True
    files = dict.fromkeys(
        [module, *(one.module for one in added), *files_around(module).near(module)]
    )
    others = [
        one
        for file in files
        for one in all_changes(file)
        if one.action == "remove" and one.place == found[0] and one.node is not call
    ]
    if others and isinstance(call.args[0], ast.Name) and is_item(call.args[0], module):
        return True  # one of many, whose own function may have been quicker
    return any(is_of_another(one, outer) for one in others) or any(
        comes_before(one.node, call, module) for one in others
    )


def is_run_twice(function: FunctionNode, module: Module) -> bool:
    """Tell whether a `finally` calls what is called in a `try` of its, or in a handler, too."""
    if any(isinstance(one, ast.If) for one in own_nodes(function)):
        return False  # it may well look whether it has been run
    calls = [one.call for one in calls_of(function, module) if one.module is module]
    last = [one for one in calls if isinstance(module.parents[module.statement_of(one)], Tries)]
    return any(comes_before(one, call, module) for call in last for one in calls)


def registrations(function: FunctionNode, module: Module) -> list[Change]:
    """Give what a function registers; for a method of a WebSocketEndpoint, what its class does."""
    owner = module.parents.get(function)
    if isinstance(owner, ast.ClassDef) and is_websocket_endpoint(owner, module):
        methods = [one for one in owner.body if isinstance(one, FunctionNode)]
        return [change for one in methods for change in registered(one, module)]
    return registered(function, module)


def is_of_another(change: Change, function: FunctionNode) -> bool:
    """Tell whether another function removes what it has not registered itself."""
    outer = outermost(change.function, change.module)
    if outer is function:
        # It runs for each connection: what it takes out of a loop is another one's.
        return isinstance(change.value, ast.Name) and is_of_some_loop(change)
    owner = change.module.parents.get(outer)
    if isinstance(owner, ast.ClassDef) and function in owner.body:
        # Of one endpoint class: `on_disconnect` comes last, whatever was removed before.
        found = registered(outer, change.module) if outer.name != LAST else [change]
    else:
        found = registrations(outer, change.module)
    own = any(one.place == change.place for one in found)
    return not own or is_of_some_loop(change)


def is_of_some_loop(change: Change) -> bool:
    """Tell whether what is removed is one of many."""
    value = change.value
    return not isinstance(value, ast.Name) or is_item(value, change.module)


def is_item(name: ast.Name, module: Module) -> bool:
    """Tell whether a loop gives a name its value."""
    _, bindings = inference(module).scopes(module).lookup(name)
    return any(one.how == "item" for one in bindings)


def comes_before(other: ast.AST, call: ast.Call, module: Module) -> bool:
    """Tell whether a `try` takes something out whose `finally` makes this removal."""
    for parent in module.ancestors(call):
        if isinstance(parent, Tries) and module.within(call, parent.finalbody):
            handlers = [one for handler in parent.handlers for one in handler.body]
            return module.within(other, [*parent.body, *handlers, *parent.orelse])
    return False


def fix(call: ast.Call, kind: str, module: Module) -> Fix | None:
    """Discard from a set; test before removing from a list."""
    assert isinstance(call.func, ast.Attribute)
    target, statement = call.func.value, module.parents[call]
    if kind == "set":
        name = f"{module.text_of(target)}.discard"
        return Fix("Use `discard`", (replace(call.func, name, module),))
    is_alone = isinstance(statement, ast.Expr) and call.lineno == call.end_lineno
    is_line = module.lines[call.lineno - 1].strip().startswith(ast.unparse(target))
    calls = any(isinstance(one, ast.Call | ast.Await) for one in walk(target))
    if not (is_alone and is_line) or calls or ";" in module.lines[call.lineno - 1]:
        return None
    text = module.text_of(call)
    value = module.text_of(call.args[0])
    where = module.text_of(target)
    indent = indent_of(module.statement_of(call), module)
    lines = f"if {value} in {where}:\n{indent}{step(module)}{text}"
    return Fix("Test whether it is there", (replace(call, lines, module),))


RULE = Rule(
    code="WSK309",
    name="unguarded-remove",
    severity="warning",
    help="Test with `in` first, or keep a set and `discard`",
    explanation=__doc__ or "",
    find=find,
    fixes="safe",
)
