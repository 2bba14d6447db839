"""Which functions run for a connection, from its endpoint on, and which of them run beside others.

More is followed than where the WebSocket is handed on: who says that nobody reads has to look at
every function that may.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from holdfast.check.code.calls import callee, returns_exceptions
from holdfast.check.code.kinds import (
    Class,
    Function,
    Instance,
    Library,
    Made,
    files_around,
    inference,
)
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters, walk
from holdfast.check.code.project import concerns
from holdfast.check.facts.routes import endpoints, is_websocket_endpoint, routes
from holdfast.check.facts.sockets import given, is_harmless, is_socket

MOST = 150
CALLBACKS = ("on_connect", "on_receive")
DEADLINES = {"wait_for", "shield", "timeout", "timeout_at", "fail_after", "move_on_after"}
ENTERED = ("__aenter__", "__enter__", "__aiter__", "__anext__")
Wrapped = (
    ast.Starred | ast.List | ast.Tuple | ast.Set | ast.ListComp | ast.SetComp | ast.GeneratorExp
)


FOLLOWED = {ast.Call, ast.Name, ast.Attribute}


class Step(NamedTuple):
    """A function that another one calls or hands on; `how` is awaited, called, gathered or task."""

    node: ast.AST
    to: Function
    how: str


@dataclass(eq=False, slots=True)
class Visit:
    """A function that runs for a connection. `concurrent` tells that it runs in a task beside."""

    function: FunctionNode
    module: Module
    concurrent: bool
    children: list[tuple[Step, Visit]] = field(default_factory=list)
    callers: list[tuple[Step, Visit]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Conversation:
    """One endpoint, with all that runs for it.

    `dispatched` tells that Starlette reads when the function has returned, `decorated` that
    something unknown stands around it, `complete` that all of it was followed.
    """

    root: Visit
    visits: list[Visit]
    socket: str = ""
    dispatched: bool = False
    decorated: bool = False

    @property
    def complete(self) -> bool:
        return len(self.visits) < MOST


def conversations(module: Module) -> list[Conversation]:
    """Give the conversations in which a file has a part, whatever file their endpoint is in."""
    if "conversations" not in module.notes:
        # Without coroutines there is nothing that may wait for a client.
        found = found_conversations(module) if module.every(ast.AsyncFunctionDef) else ()
        module.notes["conversations"] = list(found)
    kept: list[Conversation] = module.notes["conversations"]
    return kept


def found_conversations(module: Module) -> Iterator[Conversation]:
    """Look at the endpoints of this file, and at those whose functions lead into it."""
    yield from held(module)
    others = [*files_around(module).near(module)]
    others += [route.module for other in others for route in routes(other)]
    for other in dict.fromkeys(others):
        if other is not module:
            for one in held(other):
                if one.complete and any(visit.module is module for visit in one.visits):
                    yield one


def held(module: Module) -> list[Conversation]:
    """Give the conversations of a file's own endpoints."""
    if "held" not in module.notes:
        module.notes["held"] = [one for one in begun(module) if one.complete]
    found: list[Conversation] = module.notes["held"]
    return found


def begun(module: Module) -> Iterator[Conversation]:
    """Follow each endpoint of a file."""
    known = {one.function: one.socket for one in endpoints(module)}
    decorated = {one.function: one.route.decorated for one in endpoints(module)}
    for route in routes(module):
        # One without a WebSocket of its own may get it by a dependency.
        if route.module is module and route.framework != "holdfast":
            if any(depended_on(route.function, module)):
                known.setdefault(route.function, "")
                decorated.setdefault(route.function, route.decorated)
    for endpoint, socket in known.items():
        root, visits = follow(endpoint, module)
        yield Conversation(root, visits, socket, decorated=decorated[endpoint])
    for node in module.every(ast.ClassDef):
        if is_websocket_endpoint(node, module):
            for function in node.body:
                if isinstance(function, FunctionNode) and function.name in CALLBACKS:
                    root, visits = follow(function, module)
                    yield Conversation(root, visits, dispatched=True)


def around(conversation: Conversation) -> list[Visit]:
    """Give what the project's own decorators run around an endpoint."""
    module = conversation.root.module
    found: list[Visit] = []
    for decorator in conversation.root.function.decorator_list if conversation.decorated else ():
        made = decorator.func if isinstance(decorator, ast.Call) else decorator
        kind = inference(module).kind(made, module)
        if isinstance(kind, Function):
            found += follow(kind.node, kind.module)[1]
    return found


def follow(function: FunctionNode, module: Module) -> tuple[Visit, list[Visit]]:
    """Give the visit of a function, and of all that it leads to."""
    root = Visit(function, module, concurrent=False)
    known = {(function, False): root}
    waiting = [root]
    while waiting and len(known) < MOST:
        visit = waiting.pop(0)
        for step in steps(visit.function, visit.module):
            beside = visit.concurrent or step.how in {"gathered", "task"}
            key = (step.to.node, beside)
            if key not in known:
                known[key] = Visit(step.to.node, step.to.module, beside)
                waiting.append(known[key])
            visit.children.append((step, known[key]))
            known[key].callers.append((step, visit))
    return root, list(known.values())


def steps(function: FunctionNode, module: Module) -> list[Step]:
    """Give what a function calls or hands on, as far as it may concern a WebSocket."""
    kept: dict[FunctionNode, list[Step]] = module.notes.setdefault("steps", {})
    if function not in kept:
        found = [*depended_on(function, module), *taken(function, module)]
        kept[function] = [one for one in found if may_matter(one, module)]
    return kept[function]


def may_matter(step: Step, module: Module) -> bool:
    """Tell whether a function may have to do with WebSockets."""
    to = step.to.module
    if "concerns" not in to.notes:
        to.notes["concerns"] = concerns(to.text)
    if to.notes["concerns"]:
        return True
    return isinstance(step.node, ast.Call) and any(
        is_socket(one, module) for one in given(step.node)
    )


def depended_on(function: FunctionNode, module: Module) -> Iterator[Step]:
    """Find the dependencies of an endpoint: what its `Depends` name."""
    infer = inference(module)
    for parameter, default in parameters(function):
        for value in (default, parameter.annotation):
            for node in walk(value) if value else ():
                if isinstance(node, ast.Call) and module.qualify(node.func).endswith("Depends"):
                    # A Depends() alone makes an object of the annotated class.
                    given = node.args[0] if node.args else parameter.annotation
                    kind = infer.kind(given, module)
                    if isinstance(kind, Class):
                        kind = infer.attribute(Instance(kind), "__init__")
                    if isinstance(kind, Function):
                        yield Step(node, kind, "awaited")


def taken(function: FunctionNode, module: Module) -> Iterator[Step]:
    """Find the functions that a function calls, hands on, or enters."""
    infer = inference(module)
    for node in own_nodes(function):
        if type(node) not in FOLLOWED:
            continue
        if isinstance(node, ast.Call):
            if found := callee(node, module):
                yield Step(node, found, way(node, found, module))
            yield from entered(node, module)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            parent = module.parents.get(node)
            is_called = isinstance(parent, ast.Call) and parent.func is node
            if not is_called and not isinstance(parent, ast.Attribute):
                kind = infer.kind(node, module)
                if isinstance(kind, Function):
                    yield Step(node, kind, "task")
                elif isinstance(parent, ast.withitem | ast.AsyncFor):
                    yield from entered(node, module)


def entered(node: ast.expr, module: Module) -> Iterator[Step]:
    """Find what entering a context manager, or iterating, calls."""
    if isinstance(module.parents.get(node), ast.withitem | ast.AsyncFor):
        infer = inference(module)
        kind = infer.kind(node, module)
        for name in ENTERED if isinstance(kind, Instance) else ():
            found = infer.attribute(kind, name) if kind else None
            if isinstance(found, Function):
                yield Step(node, found, "awaited")


def way(call: ast.Call, callee: Function, module: Module) -> str:
    """Tell how what a call gives is run."""
    return surrounding(call, module) if callee.is_async else "called"


def surrounding(call: ast.Call, module: Module) -> str:
    """Tell how a coroutine is run, by what stands around the call that makes it."""
    node: ast.AST = call
    parent = module.parents.get(node)
    while isinstance(parent, Wrapped):
        node, parent = parent, module.parents.get(parent)
    if isinstance(parent, ast.comprehension) and node is not call and not parent.is_async:
        made = module.parents[parent]  # `[create_task(one) for one in (read(), write())]`
        return "awaited" if any(isinstance(one, ast.Await) for one in walk(made)) else "task"
    if isinstance(parent, ast.Await | ast.Return | ast.AsyncFor | ast.withitem | ast.comprehension):
        return "awaited"
    if not isinstance(parent, ast.Call):
        return "task"
    name = (
        parent.func.attr if isinstance(parent.func, ast.Attribute) else module.qualify(parent.func)
    )
    name = name.rpartition(".")[2]
    if name in DEADLINES:
        return surrounding(parent, module)
    if name == "gather" and surrounding(parent, module) == "awaited":
        return "task" if returns_exceptions(parent) else "gathered"
    return (
        "gathered"
        if name in {"create_task", "start_soon"} and is_grouped(parent, module)
        else "task"
    )


def is_grouped(call: ast.Call, module: Module) -> bool:
    """Tell whether a task is made in a task group, which hands on what it raises."""
    if not isinstance(call.func, ast.Attribute):
        return False
    kind = inference(module).kind(call.func.value, module)
    last = kind.name.rpartition(".")[2] if isinstance(kind, Made) else ""
    return last in {"TaskGroup", "create_task_group", "open_nursery"}


def below(visit: Visit, block: ast.AST) -> list[Visit]:
    """Give all that is visited from within a part of a function."""
    inside = set(walk(block))
    waiting = [child for step, child in visit.children if step.node in inside]
    found: dict[Visit, None] = {}
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting.extend(child for _, child in one.children)
    return list(found)


def escapes(visit: Visit) -> Iterator[ast.Call]:
    """Find the calls that hand a WebSocket to something that the project does not define."""
    module = visit.module
    for node in own_nodes(visit.function):
        if isinstance(node, ast.Call) and not is_harmless(node, module):
            if any(is_socket(one, module) for one in parts(node)):
                kind = inference(module).kind(node.func, module)
                is_known = isinstance(kind, Class) and not is_foreign(kind)
                if not (is_known or isinstance(kind, Function) or runs_known(node, module)):
                    yield node


def is_foreign(of: Class) -> bool:
    """Tell whether a class of the project inherits what a package does, which is not known."""
    known = sys.stdlib_module_names | {"pydantic", "object", "Exception"}
    return any(
        isinstance(one, Library) and one.name.partition(".")[0] not in known
        for one in inference(of.module).classes.line(of)
    )


def runs_known(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is given a function of the project to run: `start_soon(reader, ws)`."""
    infer = inference(module)
    return any(isinstance(infer.kind(one, module), Function) for one in parts(call))


def parts(call: ast.Call) -> Iterator[ast.expr]:
    """Give what a call is given, and what is in the displays that it is given."""
    for one in given(call):
        yield one
        if isinstance(one, ast.List | ast.Tuple | ast.Set):
            yield from one.elts
        elif isinstance(one, ast.Dict):
            yield from one.values
