"""Waits that may last for ever: for an event, a queue or a topic on which nobody says anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import inference
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, walk
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.deadlines import has_timeout, is_bounded
from holdfast.check.facts.disconnects import is_generator
from holdfast.check.facts.handling import Try, inside
from holdfast.check.facts.loops import EVENT_TYPES, is_event_source, is_made_future, is_wait
from holdfast.check.facts.unread import sends_in
from holdfast.check.facts.visits import Visit
from holdfast.check.flow.exceptions import caught_names

TIMEOUTS = {"TimeoutError", "Exception", "BaseException"}


def waits_unheard(loop: Loop, visit: Visit) -> Iterator[ast.AST]:
    """Give the waits of a loop that may last for ever."""
    module = visit.module
    if is_bounded(loop, module):
        return
    if isinstance(loop, ast.AsyncFor) and hands_on_events(loop.iter, module):
        yield loop.iter
    test = walk(loop.test) if isinstance(loop, ast.While) else ()
    for node in (*test, *inside(loop.body)):
        if isinstance(node, ast.Call) and module.loop_of(node) is loop and is_wait(node, module):
            parent, bounded = module.parents[node], has_timeout(node)
            if isinstance(parent, ast.Call) and last_name(parent.func) in {"wait_for", "shield"}:
                bounded = last_name(parent.func) == "wait_for"
                parent = module.parents[parent]
            if isinstance(parent, ast.Await):
                bounded = bounded or is_bounded(node, module, loop)
                if not bounded or is_quiet(node, loop, visit):
                    yield node


def hands_on_events(iterated: ast.expr, module: Module) -> bool:
    """Tell whether something iterated, or a generator of the project, gives what others publish."""
    if is_event_source(iterated, module):
        return True
    found = callee(iterated, module) if isinstance(iterated, ast.Call) else None
    if found is None or not is_generator(found.node):
        return False
    return any(
        is_event_source(one.iter, found.module)
        if isinstance(one, ast.AsyncFor)
        else waits_for_ever(one, found.module)
        for one in own_nodes(found.node)
        if isinstance(one, ast.Call | ast.AsyncFor)
    )


def waits_for_ever(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is awaited, and waits for what others put, with no deadline."""
    loop = module.loop_of(call)
    if loop is None or not isinstance(module.parents[call], ast.Await) or has_timeout(call):
        return False
    return is_wait(call, module) and not is_bounded(call, module, loop)


def is_own(wait: ast.AST, function: FunctionNode, module: Module) -> bool:
    """Tell whether what is waited for was made in the function itself."""
    base = (
        wait.func.value
        if isinstance(wait, ast.Call) and isinstance(wait.func, ast.Attribute)
        else None
    )
    if not isinstance(base, ast.Name):
        return False
    scope, bindings = inference(module).scopes(module).lookup(base)
    made = [one.source for one in bindings if one.how == "value"]
    return scope is function and any(
        isinstance(one, ast.Call) and last_name(one.func).endswith("Queue") for one in made
    )


def is_quiet(wait: ast.Call, loop: Loop, visit: Visit) -> bool:
    """Tell whether nothing is sent when a wait's time is over: then the loop waits anew."""
    module = visit.module
    handler = timeout_handler(wait, loop, module)
    if handler and any(isinstance(one, ast.Await) for one in inside(handler.body)):
        return False
    skips = handler is not None and isinstance(handler.body[-1], ast.Continue)
    around = module.parents[handler] if handler else None
    return all(
        skips or is_conditional(call, loop, around, module) for call in sends_in(loop, visit)
    )


def timeout_handler(wait: ast.AST, loop: Loop, module: Module) -> ast.ExceptHandler | None:
    """Find what handles the end of a wait's time."""
    below: ast.AST = wait
    for parent in module.ancestors(wait):
        if isinstance(parent, Try) and below in parent.body:
            for handler in parent.handlers:
                if not caught_names(handler, module).isdisjoint(TIMEOUTS):
                    return handler
        if parent is loop:
            return None
        below = parent
    return None


def is_conditional(node: ast.AST, loop: Loop, around: ast.AST | None, module: Module) -> bool:
    """Tell whether a send is left out when there was nothing to send."""
    for parent in module.ancestors(node):
        if parent is loop:
            return False
        if isinstance(parent, ast.If | ast.For) or parent is around:
            return True
    return False


def parked(visit: Visit) -> Iterator[ast.AST]:
    """Give the waits for what nobody can bring: `Event().wait()`, `await asyncio.Future()`."""
    module = visit.module
    for node in own_nodes(visit.function):
        if not isinstance(node, ast.Await) or not isinstance(node.value, ast.Call):
            continue
        call = node.value
        if module.qualify(call.func) == "asyncio.Future" and not call.args:
            yield call
        elif last_name(call.func) == "wait" and isinstance(call.func, ast.Attribute):
            if makes_event(call.func.value, module) or is_unset(call.func.value, module):
                if not is_bounded(call, module):
                    yield call


def awaited_futures(visit: Visit) -> Iterator[ast.AST]:
    """Give the places at which a function waits for a future that it has made for others."""
    module = visit.module
    for node in own_nodes(visit.function):
        if isinstance(node, ast.Await) and is_made_future(node.value, visit.function, module):
            if not is_bounded(node, module):
                yield node


def makes_event(node: ast.AST, module: Module) -> bool:
    """Tell whether an expression makes an event."""
    return isinstance(node, ast.Call) and module.qualify(node.func) in EVENT_TYPES


def is_unset(node: ast.expr, module: Module) -> bool:
    """Tell whether something is a local event that is waited for, and otherwise not touched."""
    if not isinstance(node, ast.Name):
        return False
    scope, bindings = inference(module).scopes(module).lookup(node)
    if not isinstance(scope, FunctionNode) or len(bindings) != 1:
        return False
    parents = (
        module.parents.get(one)
        for one in walk(scope)
        if isinstance(one, ast.Name) and one.id == node.id and isinstance(one.ctx, ast.Load)
    )
    return makes_event(bindings[0].source, module) and all(
        isinstance(one, ast.Attribute) and one.attr == "wait" for one in parents
    )
