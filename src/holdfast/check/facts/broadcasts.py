"""Loops and gathers that send to many WebSockets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import inference
from holdfast.check.code.module import (
    Comprehension,
    FunctionNode,
    Module,
    own_nodes,
    parameters,
    walk,
)
from holdfast.check.code.scopes import Binding
from holdfast.check.facts.deliveries import (
    Delivery,
    delivered,
    has_deadline,
    is_about_one,
    is_guarded,
    leaves_after,
    names_of,
)
from holdfast.check.facts.sockets import callee_name

Many = (
    ast.For
    | ast.AsyncFor
    | ast.While
    | ast.ListComp
    | ast.SetComp
    | ast.GeneratorExp
    | ast.DictComp
    | ast.Lambda
)
GROUPS = {
    "create_task": "asyncio.TaskGroup.create_task",
    "start_soon": "anyio.create_task_group.start_soon",
}
TAKES = {"pop", "popleft", "popitem"}
WAITS = {"asyncio.gather", "asyncio.wait"}
WRAPS = {"asyncio.wait_for", "asyncio.shield"}


class Broadcast(NamedTuple):
    """Where a loop first waits for a send to one of many, or where gather waits for all of them.

    `guarded` tells that what a dead client raises is caught for each, `deadline` that no client is
    waited for without end. In a loop these are the first send's that lacks them.
    """

    node: ast.Await | ast.Call
    loop: Many
    guarded: bool
    deadline: bool
    gather: ast.Call | None = None


def broadcasts(module: Module) -> list[Broadcast]:
    """Give every send in a loop, and every gather of sends, that goes to many."""
    if "broadcasts" not in module.notes:
        module.notes["broadcasts"] = list(_broadcasts(module))
    found: list[Broadcast] = module.notes["broadcasts"]
    return found


def _broadcasts(module: Module) -> Iterator[Broadcast]:
    for node in module.every(ast.Await):
        if isinstance(node.value, ast.Name):
            yield from one_by_one(node, node.value, module)
        if not isinstance(node.value, ast.Call):
            continue
        if call := waiting_for(node.value, module):
            yield from gathered(node, call, module)
        else:
            yield from in_loops(node, module)
    for begins in module.every(ast.Call):
        if isinstance(begins.func, ast.Attribute) and begins.func.attr in GROUPS and begins.args:
            yield from in_group(begins, module)


def in_group(call: ast.Call, module: Module) -> Iterator[Broadcast]:
    """Find a loop that begins a send to each, all of which the end of a TaskGroup waits for."""
    for parent in module.ancestors(call):
        if isinstance(parent, FunctionNode | ast.Lambda):
            return
        if isinstance(parent, ast.For) and module.within(call, parent.body):
            if callee_name(call, module) not in GROUPS.values():
                return
            if found := list(delivered(begun(call), targets(parent), module)):
                deadline = has_deadline(call, module) or all(one.deadline for one in found)
                # The first that fails cancels the others: whoever takes a TaskGroup wants that.
                yield Broadcast(call, parent, True, deadline)
                return


def begun(call: ast.Call) -> ast.expr:
    """Give the call that a group is to make; `start_soon(ws.send_text, text)` has it in parts."""
    first = call.args[0]
    if isinstance(first, ast.Call):
        return first
    made = ast.Call(func=first, args=call.args[1:], keywords=[])
    return ast.copy_location(made, call)


def in_loops(node: ast.Await, module: Module) -> Iterator[Broadcast]:
    """Find the loop that gives the one who is sent to, from the inside out."""
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode | ast.Lambda):
            return
        if not isinstance(parent, Many) or not may_concern(node, parent, module):
            continue
        if not is_done_in(node, parent, module):
            continue
        found = list(delivered(node.value, targets(parent), module))
        if found:
            if not goes_to_one(node, parent, module):
                yield in_loop(node, parent, found, module)
            return


def in_loop(node: ast.Await, loop: Many, found: list[Delivery], module: Module) -> Broadcast:
    """Say what stands around a send in a loop."""
    guarded = is_guarded(node, loop, module) or all(one.guarded for one in found)
    deadline = has_deadline(node, module) or all(one.deadline for one in found)
    return Broadcast(node, loop, guarded, deadline)


def may_concern(node: ast.Await, loop: Many, module: Module) -> bool:
    """Tell whether an await names anything that a loop gives a value; if not, look no further."""
    kept: dict[ast.AST, set[str]] = module.notes.setdefault("names of loops", {})
    if loop not in kept:
        stored = (one for one in walk(loop) if isinstance(one, ast.Name | ast.arg))
        kept[loop] = {
            one.arg if isinstance(one, ast.arg) else one.id
            for one in stored
            if isinstance(one, ast.arg) or isinstance(one.ctx, ast.Store)
        }
    names = (one.id for one in walk(node) if isinstance(one, ast.Name))
    return any(name in kept[loop] for name in names)


def is_done_in(node: ast.AST, loop: Many, module: Module) -> bool:
    """Tell whether a node is in what is repeated, not in what is iterated."""
    if isinstance(loop, ast.AsyncFor) and not is_of_project(loop.iter, module):
        return False  # messages, or the connections that a client makes one after the other
    if isinstance(loop, ast.For | ast.AsyncFor | ast.While):
        return module.within(node, loop.body)
    if isinstance(loop, ast.Lambda):
        return True
    return not any(one is loop.generators[0].iter for one in (node, *module.ancestors(node)))


def is_of_project(node: ast.expr, module: Module) -> bool:
    """Tell whether what is iterated is given by a function of the project."""
    return isinstance(node, ast.Call) and callee(node, module) is not None


def targets(loop: Many) -> set[str]:
    """Give the names of a loop's variables."""
    if isinstance(loop, ast.For | ast.AsyncFor):
        return names_of(loop.target)
    if isinstance(loop, ast.Lambda):
        return {one.arg for one, _ in parameters(loop)}
    if isinstance(loop, ast.While):
        return set().union(*map(taken, loop.body))
    return set().union(*(names_of(one.target) for one in loop.generators))


def taken(statement: ast.stmt) -> set[str]:
    """Give the names of what `ws = sockets.pop()` takes out of a collection, or what counts up."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=name)):
            return {name}
        case ast.Assign(targets=[goal], value=ast.Call(func=ast.Attribute(attr=attr))):
            return names_of(goal) if attr in TAKES else set()
    return set()


def goes_to_one(node: ast.Await, loop: Many, module: Module) -> bool:
    """Tell whether a loop looks for one and sends to that."""
    if not isinstance(loop, ast.For):
        return False
    return leaves_after(node, loop, module) or is_about_one(node, loop, module)


# -- gather ----------------------------------------------------------------------------------------


def waiting_for(call: ast.Call, module: Module) -> ast.Call | None:
    """Give the `gather(...)` that is waited for, be it within a `wait_for`."""
    name = module.qualify(call.func)
    if name in WAITS:
        return call
    if name in WRAPS and call.args and isinstance(inner := call.args[0], ast.Call):
        return waiting_for(inner, module)
    return None


def gathered(node: ast.Await, call: ast.Call, module: Module) -> Iterator[Broadcast]:
    """Find the sends that a gather waits for."""
    is_gather = callee_name(call, module) == "asyncio.gather"
    if not is_gather and any(one.arg in {"timeout", "return_when"} for one in call.keywords):
        return
    for argument in call.args:
        if isinstance(argument, ast.Starred) != is_gather:
            continue
        many = argument.value if isinstance(argument, ast.Starred) else argument
        for loop, element in made_in(many, module):
            found = list(delivered(element, targets(loop), module))
            if found:
                deadline = has_deadline(call, module) or all(one.deadline for one in found)
                deadline = deadline or is_waited_for(many, node, module)
                # What `wait` waits for raises nothing there.
                guarded = not is_gather or all(one.guarded for one in found)
                yield Broadcast(node, loop, guarded, deadline, call)
                return


def one_by_one(node: ast.Await, task: ast.Name, module: Module) -> Iterator[Broadcast]:
    """Find the sends that a loop awaits, which have all been begun before it."""
    _, bindings = inference(module).scopes(module).lookup(task)
    sources = [one.source for one in bindings if one.how == "item" and not one.path]
    loop, function = module.loop_of(node), module.function_of(node)
    if len(sources) != 1 or not isinstance(loop, ast.For) or function is None:
        return
    many = sources[0]
    if isinstance(many, ast.Call) and callee_name(many, module) == "asyncio.as_completed":
        many = many.args[0] if many.args and len(many.args) + len(many.keywords) == 1 else many
    # Where they are cancelled, they are no sends that end by themselves.
    if any(isinstance(one, ast.Attribute) and one.attr == "cancel" for one in own_nodes(function)):
        return
    for made, element in made_in(many, module) if isinstance(many, ast.expr) else ():
        found = list(delivered(element, targets(made), module))
        if found:
            yield in_loop(node, loop, found, module)
            return


def is_waited_for(tasks: ast.expr, node: ast.AST, module: Module) -> bool:
    """Tell whether the function has waited for these tasks before, with a deadline."""
    function = module.function_of(node)
    return isinstance(tasks, ast.Name) and any(
        isinstance(one, ast.Call)
        and module.qualify(one.func) == "asyncio.wait"
        and any(ast.unparse(given) == tasks.id for given in one.args[:1])
        and any(each.arg == "timeout" for each in one.keywords)
        for one in (own_nodes(function) if function else ())
    )


def made_in(node: ast.expr, module: Module) -> Iterator[tuple[Many, ast.expr]]:
    """Find where coroutines are made: a comprehension, or a loop that appends them to a list."""
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        yield node, node.elt
        if passes_on(node, module):
            yield from made_in(node.generators[0].iter, module)
    elif isinstance(node, ast.Call) and module.qualify(node.func) in {"list", "tuple", "set"}:
        for argument in node.args:
            yield from made_in(argument, module)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "values":
            yield from made_in(node.func.value, module)
    elif isinstance(node, ast.Call) and module.qualify(node.func) == "map" and node.args:
        made = mapped(node.args[0], module)
        yield made, made.body
    elif isinstance(node, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(node)
        for one in bindings:
            yield from made_by(one, module)
        yield from appended(node, module)


def passes_on(made: ast.ListComp | ast.SetComp | ast.GeneratorExp, module: Module) -> bool:
    """Tell whether a comprehension gives what it goes over: `[shield(t) for t in tasks]`."""
    one, target = made.elt, made.generators[0].target
    if isinstance(one, ast.Call) and module.qualify(one.func) == "asyncio.shield" and one.args:
        one = one.args[0]
    is_same = isinstance(one, ast.Name) and isinstance(target, ast.Name) and one.id == target.id
    return is_same and isinstance(made.generators[0].iter, ast.Name)


def mapped(function: ast.expr, module: Module) -> ast.Lambda:
    """Spell what `map` calls as a lambda; `partial(f, a)` is `lambda one: f(a, one)`."""
    if isinstance(function, ast.Lambda):
        return function
    given: list[ast.expr] = [ast.Name("one", ast.Load())]
    keywords: list[ast.keyword] = []
    if isinstance(function, ast.Call) and module.qualify(function.func) == "functools.partial":
        given[:0], keywords = function.args[1:], function.keywords
        function = function.args[0] if function.args else function
    one = ast.arguments(
        posonlyargs=[], args=[ast.arg("one")], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    body = ast.copy_location(ast.Call(function, given, keywords), function)
    return ast.copy_location(ast.Lambda(one, body), function)


def made_by(binding: Binding, module: Module) -> Iterator[tuple[Many, ast.expr]]:
    """Find where the coroutines of a name are made."""
    if binding.how == "value" and isinstance(binding.source, Comprehension):
        yield from made_in(binding.source, module)


def appended(name: ast.Name, module: Module) -> Iterator[tuple[Many, ast.expr]]:
    """Find `tasks.append(ws.send_text(...))` in a loop of the same function."""
    function = module.function_of(name)
    for node in own_nodes(function) if function else ():
        match node:
            case ast.Call(func=ast.Attribute(attr="extend", value=ast.Name(id=id)), args=[many]):
                found = made_in(many, module)
            case ast.AugAssign(target=ast.Name(id=id), value=ast.List(elts=[one])):
                found = in_for(node, one, module)
            case ast.AugAssign(target=ast.Name(id=id), value=many):
                found = made_in(many, module)
            case ast.Call(
                func=ast.Attribute(attr="append" | "add", value=ast.Name(id=id)), args=[one]
            ):
                found = in_for(node, one, module)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=id))], value=one):
                found = in_for(node, one, module)
            case _:
                continue
        if id == name.id:
            yield from found


def in_for(node: ast.AST, element: ast.expr, module: Module) -> Iterator[tuple[ast.For, ast.expr]]:
    """Give an element with the loop that makes one each time."""
    loop = module.loop_of(node)
    if isinstance(loop, ast.For):
        yield loop, element
