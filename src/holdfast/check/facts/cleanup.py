"""Where the clean-up of a registered connection stands, and which ways out of a handler pass it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import callee, returns_exceptions
from holdfast.check.code.kinds import Function, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters
from holdfast.check.facts.callers import forgets_by_itself
from holdfast.check.facts.handling import exits
from holdfast.check.facts.managers import strange_changes
from holdfast.check.facts.registries import Change, Place, changes, may_change
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import SENDS, Use, uses
from holdfast.check.facts.yields import YIELDED, while_yielded, yielding
from holdfast.check.flow.exceptions import EVERYTHING, caught_names, is_suppress, type_names

# How a connection's handler may be left.
DISCONNECT, ERROR, CANCEL = "disconnect", "error", "cancel"
WAYS = (DISCONNECT, ERROR, CANCEL)
SAME = ast.Eq | ast.Is
SERVES = {"receive", "iterate", "raw_receive", "send"}
DEPTH = 4
COVERED, ESCAPES, RETURNS, STAYS, UNKNOWN = "covered", "escapes", "returns", "stays", "unknown"
Tries = ast.Try | ast.TryStar
Withs = ast.With | ast.AsyncWith


class Handling(NamedTuple):
    """A function that registers connections in a place and cleans them up."""

    function: FunctionNode
    module: Module
    place: Place

    def removals(self) -> list[ast.AST]:
        """Give the calls that take a connection out, but those of broadcasts, which drop peers."""
        found = changed("remove", self.function, self.module)
        return [one.call for one in found if one.place == self.place and not drops_peers(one)]

    def removes(self, node: ast.AST) -> bool:
        """Tell whether something within a node takes connections out of the registry."""
        calls = set(self.removals())
        return bool(calls) and any(one in calls for one in ast.walk(node))

    def first_removal(self, nodes: list[ast.stmt], after: ast.AST | None = None) -> ast.AST | None:
        """Find the first change that takes something out, of these statements."""
        inside = {one for node in nodes for one in ast.walk(node)}
        wanted = [one for one in self.removals() if one in inside]
        if after:
            wanted = [one for one in wanted if position(one) > position(after)]
        return min(wanted, key=position, default=None)


def changed(action: str, function: FunctionNode, module: Module) -> list[Change]:
    """Give what a function puts into registries (`add`) or takes out of them (`remove`)."""
    known = changes(function, module)
    return [one for one in [*known, *strange_changes(function, module)] if one.action == action]


def drops_peers(change: Change) -> bool:
    """Tell whether a removal is of a peer that a loop gave, and that could not be sent to."""
    node = change.key or change.value
    if not isinstance(node, ast.Name):
        return False
    _, bindings = inference(change.module).scopes(change.module).lookup(node)
    if not any(one.how == "item" for one in bindings):
        return False
    names = {one.arg for one, _ in parameters(change.function)} - {"self", "cls"}
    if is_looked_for(change, names):
        return False
    inside = list(own_nodes(change.function))
    if any(isinstance(one, ast.Attribute) and one.attr in SENDS for one in inside):
        return True
    # A helper sends, and tells who is gone; who looks for one connection compares.
    return any(isinstance(one, ast.Await) for one in inside) and not any(
        isinstance(one, ast.Compare) and names & names_of(one) for one in inside
    )


def is_looked_for(change: Change, names: set[str]) -> bool:
    """Tell whether what is taken out is the one of many that is equal to a parameter."""
    node = change.node
    for parent in change.module.ancestors(node):
        if isinstance(parent, ast.If) and node in parent.body:
            tests = (one for one in ast.walk(parent.test) if isinstance(one, ast.Compare))
            if any(isinstance(one.ops[0], SAME) and names & names_of(one) for one in tests):
                return True
        node = parent
    return False


def names_of(node: ast.Compare) -> set[str]:
    """Give the names of what is compared, be it by an attribute."""
    sides = [node.left, *node.comparators]
    owners = [one.value if isinstance(one, ast.Attribute) else one for one in sides]
    return {one.id for one in owners if isinstance(one, ast.Name)}


def position(node: ast.AST) -> tuple[int, int]:
    """Give where a node begins."""
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def handlings(module: Module) -> list[Handling]:
    """Find the functions of a file that register a connection and take it out again."""
    if "handlings" not in module.notes:
        module.notes["handlings"] = list(found_handlings(module))
    found: list[Handling] = module.notes["handlings"]
    return found


def found_handlings(module: Module) -> Iterator[Handling]:
    """Look at the functions that serve a connection themselves, or that are endpoints."""
    named = {one.function for one in endpoints(module)} | set(yielding(module))
    for function in serving_functions(module):
        added = {one.place: None for one in changed("add", function, module)}
        taken_out = {one.place for one in changed("remove", function, module)} if added else set()
        for place in added:
            if place in taken_out and not forgets_by_itself(place, module):
                if function in named or any(serving(function, module)):
                    yield Handling(function, module, place)


def serving_functions(module: Module) -> list[FunctionNode]:
    """Give the endpoints of a file, and its functions that say how a WebSocket's end is treated."""
    found = {one.function: None for one in endpoints(module)}
    if may_change(module):
        tries = [*module.every(ast.Try), *module.every(ast.AsyncFor)]
        found |= {one: None for node in tries if (one := module.function_of(node))}
    served = [one for one in found if isinstance(one, ast.AsyncFunctionDef)]
    return [*served, *(one for one in yielding(module) if one not in served)]


def outcomes(handling: Handling, depth: int = 0) -> Iterator[tuple[Use, dict[str, str]]]:
    """Tell, for each thing that serves the registered connection, how each way out is treated."""
    first = registrations(handling)
    inner = serving(handling.function, handling.module)
    for use in [*inner, *through_objects(handling), *while_yielded(*handling[:2])]:
        if first and not follows(use.call, first[0].call, handling.module):
            continue
        yield use, {way: leave_from(use, way, handling, depth) for way in WAYS}


def through_objects(handling: Handling) -> Iterator[Use]:
    """Give the calls that serve the connection, and take it out, without being given its WebSocket.

    `await manager.listen(client)`, for instance, where the client's object has it.
    """
    module = handling.module
    known = {one.call for one in serving(handling.function, module)}
    for change in changed("remove", handling.function, module):
        call = change.call
        if change.place == handling.place and isinstance(call, ast.Call) and call not in known:
            known.add(call)
            if helper := callee(call, module):
                for use in serving(helper.node, helper.module):
                    yield use._replace(call=call)
                    break


def registrations(handling: Handling) -> list[Change]:
    """Give what puts connections into the registry, in order."""
    found = changed("add", handling.function, handling.module)
    return sorted(
        (one for one in found if one.place == handling.place), key=lambda one: position(one.call)
    )


def follows(node: ast.AST, registration: ast.AST, module: Module) -> bool:
    """Tell whether something is done after a registration, be it in a loop's next round."""
    if node is registration:
        return False
    if position(node) > position(registration):
        return True
    loop = module.loop_of(registration)
    return loop is not None and module.loop_of(node) is loop


def serving(function: FunctionNode, module: Module) -> Iterator[Use]:
    """Give what a function itself awaits of its connection, each call once."""
    seen: set[ast.AST] = set()
    for use in uses(function, module):
        if use.operation in SERVES and use.call not in seen and not use.peer:
            if not use.concurrent or is_gathered(use.call, module):
                seen.add(use.call)
                yield use


def is_gathered(call: ast.AST, module: Module) -> bool:
    """Tell whether a call is awaited with others, so that what it raises comes out here."""
    for parent in module.ancestors(call):
        if isinstance(parent, ast.stmt):
            return False
        if isinstance(parent, ast.Call) and module.qualify(parent.func).endswith("gather"):
            is_awaited = isinstance(module.parents[parent], ast.Await)
            return is_awaited and not returns_exceptions(parent)
        if isinstance(parent, ast.Call) and is_of_group(parent, module):
            return True
    return False


def is_of_group(call: ast.Call, module: Module) -> bool:
    """Tell whether a call gives a task to a group, whose block ends with what the task raises."""
    function = call.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    if function.attr not in {"create_task", "start_soon"}:
        return False
    _, bindings = inference(module).scopes(module).lookup(function.value)
    return any(one.how == "context" for one in bindings)


def leave_from(use: Use, way: str, handling: Handling, depth: int) -> str:
    """Follow one way out from where the connection is served."""
    module = handling.module
    statement = module.statement_of(use.call)
    helper = callee(use.call, module) if isinstance(use.call, ast.Call) else None
    if helper and use.inner is not use.call and depth < DEPTH:
        return leave_helper(helper, statement, way, handling, depth)
    if way == DISCONNECT and use.operation == "iterate" and isinstance(statement, ast.AsyncFor):
        return go_on(statement, handling)
    if way == DISCONNECT and use.operation == YIELDED:
        # Whoever is served may treat this end there.
        raised = leave(statement, way, handling)
        return raised if raised == COVERED else go_on(statement, handling)
    if way == DISCONNECT and use.operation == "raw_receive":
        loop = module.loop_of(use.call)
        if loop and cleans_on_message(loop, handling):
            return COVERED
        ended = go_on(loop or statement, handling)
        # A handler for what `receive()` does not raise is meant for it all the same.
        return ended if ended == COVERED else leave(statement, way, handling)
    return leave(statement, way, handling)


def cleans_on_message(loop: ast.AST, handling: Handling) -> bool:
    """Tell whether a loop takes the connection out when it reads that the client has left."""
    for node in ast.walk(loop):
        if isinstance(node, ast.If) and any(map(handling.removes, node.body)):
            texts = (one.value for one in ast.walk(node.test) if isinstance(one, ast.Constant))
            if "websocket.disconnect" in texts:
                return True
    return False


def leave_helper(
    helper: Function, statement: ast.stmt, way: str, handling: Handling, depth: int
) -> str:
    """Follow a way out of a helper, and on from where it was called."""
    inner = Handling(helper.node, helper.module, handling.place)
    found = {
        leave_from(one, way, inner, depth + 1) for one in serving(inner.function, inner.module)
    }
    if UNKNOWN in found:
        return UNKNOWN
    if ESCAPES in found or not found:
        return leave(statement, way, handling)
    return go_on(statement, handling) if RETURNS in found else min(found)


def leave(node: ast.AST, way: str, handling: Handling) -> str:
    """Follow an exception outwards from a statement that raises it."""
    module = handling.module
    while node is not handling.function:
        parent = module.parents[node]
        if isinstance(parent, Tries):
            result = caught(parent, node, way, handling)
            if result != ESCAPES:
                return result
        elif isinstance(parent, Withs):
            result = managed(parent, way, handling)
            if result != ESCAPES:
                return result
        node = parent
    return ESCAPES


def caught(tried: ast.Try | ast.TryStar, node: ast.AST, way: str, handling: Handling) -> str:
    """Tell what a `try` makes of an exception that comes out of one of its blocks."""
    if node not in tried.body:
        return COVERED if any(map(handling.removes, tried.finalbody)) else ESCAPES
    perhaps: set[str] = set()
    for handler in tried.handlers:
        names = caught_names(handler, handling.module)
        if "?" in names:
            perhaps.add(handled(handler, tried, way, handling))
        elif matches(names, way):
            found = handled(handler, tried, way, handling)
            # Who catches a disconnect by its name does not expect it in a handler before.
            return found if way == DISCONNECT and not names & EVERYTHING else agreed(found, perhaps)
    found = COVERED if any(map(handling.removes, tried.finalbody)) else ESCAPES
    return agreed(found, perhaps)


def agreed(found: str, perhaps: set[str]) -> str:
    """Give what comes of an exception, if it does not matter which handlers it may meet before."""
    if found in {ESCAPES, RETURNS}:
        return found if perhaps <= {ESCAPES, RETURNS} else UNKNOWN
    return found if perhaps <= {found} else UNKNOWN


def matches(names: set[str], way: str) -> bool:
    """Tell whether a handler is entered on a way out, whatever the very exception is."""
    if way == CANCEL:
        return bool(names & {"BaseException", "CancelledError"})
    if names & EVERYTHING:
        return True
    return way == DISCONNECT and "WebSocketDisconnect" in names


def handled(
    handler: ast.ExceptHandler, tried: ast.Try | ast.TryStar, way: str, handling: Handling
) -> str:
    """Follow a handler that is entered."""
    if any(map(handling.removes, [*handler.body, *tried.finalbody])):
        return COVERED
    last = handler.body[-1]
    if isinstance(last, ast.Raise):
        # What is raised in its place is none of the server's exceptions.
        return leave(tried, way if last.exc is None else ERROR, handling)
    if isinstance(last, ast.Return):
        return returned(tried, handling)
    loop = handling.module.loop_of(handler)
    if isinstance(last, ast.Break) and loop:
        return go_on(loop, handling)
    return STAYS if isinstance(last, ast.Continue) else go_on(tried, handling)


def returned(node: ast.AST, handling: Handling) -> str:
    """Follow a `return` outwards."""
    module = handling.module
    while node is not handling.function:
        parent = module.parents[node]
        if isinstance(parent, Tries) and any(map(handling.removes, parent.finalbody)):
            return COVERED
        if isinstance(parent, Withs) and managed(parent, "", handling) != ESCAPES:
            return COVERED
        node = parent
    return RETURNS


def go_on(node: ast.stmt, handling: Handling) -> str:
    """Follow what is done after a statement that has ended normally."""
    module = handling.module
    while node is not handling.function:
        block = module.block_of(node)
        rest = block[block.index(node) + 1 :] if node in block else []
        for one in rest:
            if handling.removes(one):
                return COVERED
            if isinstance(one, ast.Return):
                return returned(one, handling)
            if isinstance(one, ast.While) and is_left_by_others(one, module):
                return STAYS
            if isinstance(one, ast.Break) and (loop := module.loop_of(one)):
                return go_on(loop, handling)
        parent = module.parents[node]
        if isinstance(parent, ast.For | ast.AsyncFor | ast.While):
            return STAYS
        if isinstance(parent, Tries) and any(
            map(
                handling.removes,
                [*(parent.orelse if node in parent.body else ()), *parent.finalbody],
            )
        ):
            return COVERED
        if isinstance(parent, Withs) and managed(parent, "", handling) != ESCAPES:
            return COVERED
        if isinstance(parent, ast.ExceptHandler):
            parent = module.parents[parent]
        if not isinstance(parent, ast.stmt):
            break
        node = parent
    return RETURNS


def is_left_by_others(loop: ast.While, module: Module) -> bool:
    """Tell whether a loop is left only by what is done in it, whose ways are followed apart."""
    endless = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    ends = exits(loop.body, loop, module)
    return endless and not any(isinstance(one, ast.Break | ast.Return) for one in ends)


def managed(statement: ast.With | ast.AsyncWith, way: str, handling: Handling) -> str:
    """Tell what the context managers of a `with` make of a way out."""
    for item in statement.items:
        call = item.context_expr
        if handling.removes(call):
            return COVERED
        if isinstance(call, ast.Call) and way and is_suppress(call, handling.module):
            names = {name for one in call.args for name in type_names(one, handling.module)}
            if matches(names, way):
                return go_on(statement, handling)
    return ESCAPES
