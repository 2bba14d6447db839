"""Loops that go on as long as a flag says so which the end of the client does not take back.

`while camera.running` is as good as endless for a connection if only the stop of the server, or of
the camera, ends it. A flag that work takes back when it is done is another thing: a loop over it
has an end of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from holdfast.check.code.calls import callee
from holdfast.check.code.imports import others_naming
from holdfast.check.code.kinds import Function, inference
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.callers import functions
from holdfast.check.facts.loops import conditions, holds, is_for_the_end, ways_out
from holdfast.check.facts.sockets import operation
from holdfast.check.facts.threads import HTTP
from holdfast.check.facts.visits import Conversation

# Who is called so is not work that comes to its end, but is told to leave off.
CONTROL = re.compile(
    r"_*(a?close|stop|shut_?down|disconnect(ed)?|on_(disconnect|shutdown)|leave|clean_?up|tear_?down"
    r"|terminate|kill|quit|exit|cancel|pause|disable|unregister|a?exit|del|init|lifespan)(_\w+)?"
    r"|\w+_lifespan"
)
LATER = {"call_later", "call_at", "add_done_callback", "Timer"}
DEEPEST = 3
MEMBER = "in"
TAKES = {"pop", "popitem", "remove", "discard", "clear", "difference_update", "__delitem__"}


Own = Callable[[ast.AST], bool]


class Flag(NamedTuple):
    """What a loop looks at; `event` is the method that ends it, `stop` the value that does."""

    name: str
    node: ast.Name | ast.Attribute
    stop: bool
    event: str


def may_be_held(loop: Loop, module: Module) -> bool:
    """Tell, by its form alone, whether a loop may go on for as long as a flag says so."""
    if isinstance(loop, ast.While):
        return all(flag_of(one) or holds(one, loop, module) for one in conditions(loop.test))
    return isinstance(loop, ast.AsyncFor) and isinstance(loop.iter, ast.Call)


def is_held(loop: Loop, module: Module, own: Own) -> bool:
    """Tell whether nothing but a stop from outside takes back the flags of a loop.

    `own` tells whether a function is one that the connection itself runs.
    """
    if any(ways_out(loop, module)):
        return False
    if not isinstance(loop, ast.While):
        found = callee(loop.iter, module) if isinstance(loop.iter, ast.Call) else None
        return found is not None and any(
            is_held(one, found.module, own) for one in yielding_loops(found)
        )
    flags = [flag for one in conditions(loop.test) if (flag := flag_of(one))]
    return bool(flags) and all(is_kept(one, module, own) for one in flags)


def yielding_loops(found: Function) -> Iterator[ast.While]:
    """Give the loops in which a generator yields."""
    for node in own_nodes(found.node):
        if isinstance(node, ast.Yield):
            loop = found.module.loop_of(node)
            if isinstance(loop, ast.While):
                yield loop


def asks_for_member(loop: Loop) -> bool:
    """Tell whether a loop goes on for as long as a container has something: `ws in clients`."""
    flag = flag_of(loop.test) if isinstance(loop, ast.While) else None
    return flag is not None and flag.event == MEMBER


def serving(conversation: Conversation) -> Own:
    """Tell of functions whether a connection runs them itself, and in no task beside."""
    functions = {one.function for one in conversation.visits if not one.concurrent}
    return lambda function: function in functions


def flag_of(test: ast.expr) -> Flag | None:
    """Read `self.running`, `not stopped`, `not stop.is_set()` and `ws in clients`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            found = flag_of(inner)
            if found is None or found.event == MEMBER:
                return None
            return found._replace(stop=True, event="set" if found.event else "")
        case ast.Call(
            func=ast.Attribute(value=ast.Name() | ast.Attribute() as node, attr="is_set")
        ):
            return Flag(last_name(node), node, stop=False, event="clear")
        case ast.Compare(ops=[ast.In()], comparators=[ast.Name() | ast.Attribute() as node]):
            return Flag(last_name(node), node, stop=False, event=MEMBER)
        case ast.Name() | ast.Attribute():
            return Flag(last_name(test), test, stop=False, event="")
    return None


def is_kept(flag: Flag, module: Module, own: Own) -> bool:
    """Tell whether a flag is made in sight, and taken back only by who tells things to stop."""
    if isinstance(flag.node, ast.Name) and flag.event in {"", MEMBER}:
        if not is_global(flag.node, module):
            return False
    begun = False
    for file in mentioning(flag.name, module):
        if any(one.name == flag.name for one in functions(file)):
            return False  # a property, or a method
        places = PLACES.get(flag.event, uses_of_event)(flag, file)
        for node, ends in places:
            begun = True
            if ends is None or (ends and not is_told(node, file, own)):
                return False
    return begun


def is_global(name: ast.Name, module: Module) -> bool:
    """Tell whether a name is a variable of the file, given a value in it."""
    scope, bindings = inference(module).scopes(module).lookup(name)
    given = {one.how for one in bindings}
    return scope is module.tree and "value" in given and given <= {"value", "annotation"}


def mentioning(name: str, module: Module) -> Iterator[Module]:
    """Give the files of the program that name something."""
    yield module
    yield from others_naming(module, re.compile(rf"\b{re.escape(name)}\b"))


def named(name: str, module: Module) -> Iterator[ast.Name | ast.Attribute]:
    """Give the names and attributes of a file that are called so."""
    yield from (one for one in module.every(ast.Name) if one.id == name)
    yield from (one for one in module.every(ast.Attribute) if one.attr == name)


def values_of(flag: Flag, module: Module) -> Iterator[tuple[ast.AST, bool | None]]:
    """Give the places that set a flag, and whether a loop over it may end by that."""
    for node in named(flag.name, module):
        if isinstance(node.ctx, ast.Load):
            continue
        if isinstance(node, ast.Name) and not is_shared(node, module):
            continue
        statement = module.parents[node]
        is_plain = isinstance(statement, ast.Assign | ast.AnnAssign)
        value = statement.value if is_plain else None  # type: ignore[attr-defined]
        if isinstance(value, ast.Constant):
            yield node, bool(value.value) is flag.stop
        elif isinstance(value, ast.Call | ast.Name) and in_class_body(node, module):
            yield node, False  # `running: bool = field(default=True)`
        else:
            yield node, not (isinstance(statement, ast.AnnAssign) and value is None)


def is_shared(name: ast.Name, module: Module) -> bool:
    """Tell whether a name that is given a value is the file's, or that of a class."""
    if in_class_body(name, module):
        return True
    return inference(module).scopes(module).lookup(name)[0] is module.tree


def in_class_body(node: ast.AST, module: Module) -> bool:
    """Tell whether a statement stands in a class itself."""
    return isinstance(module.parents.get(module.statement_of(node)), ast.ClassDef)


def uses_of_event(flag: Flag, module: Module) -> Iterator[tuple[ast.AST, bool | None]]:
    """Give the places at which an event is made, set or handed on, and whether a loop may end.

    None stands for an event of somebody else's.
    """
    for node in named(flag.name, module):
        parent = module.parents[node]
        if isinstance(node.ctx, ast.Store):
            value = getattr(parent, "value", None)
            is_made = isinstance(value, ast.Call) and last_name(value.func) == "Event"
            yield node, False if is_made else None
        elif isinstance(parent, ast.Attribute):
            if parent.attr == flag.event:
                yield node, True
        else:
            yield node, True  # somebody else may set it


def uses_of_container(flag: Flag, module: Module) -> Iterator[tuple[ast.AST, bool | None]]:
    """Give the places at which a container is made, or something taken out of it."""
    for node in named(flag.name, module):
        parent = module.parents[node]
        if isinstance(node.ctx, ast.Store):
            yield node, not is_first(node, module)
        elif isinstance(parent, ast.Attribute):
            yield node, parent.attr in TAKES
        elif isinstance(parent, ast.Subscript):
            yield node, isinstance(parent.ctx, ast.Del)
        else:
            yield node, isinstance(parent, ast.keyword | ast.Assign | ast.Return)


def is_first(node: ast.AST, module: Module) -> bool:
    """Tell whether an assignment is the first: that of a file, a class or an `__init__`."""
    function = module.function_of(node)
    return function is None or function.name == "__init__"


PLACES: dict[str, Callable[[Flag, Module], Iterator[tuple[ast.AST, bool | None]]]] = {
    "": values_of,
    MEMBER: uses_of_container,
}


def is_told(node: ast.AST, module: Module, own: Own, depth: int = 0) -> bool:
    """Tell whether a place only runs at the client's end, or when somebody says to stop."""
    below = node
    for parent in module.ancestors(node):
        if isinstance(parent, ast.ExceptHandler) and is_for_the_end(parent, module):
            return True
        if isinstance(parent, ast.Try) and below in parent.finalbody:
            function = module.function_of(parent)
            if function is not None and own(function):
                return True
        if isinstance(parent, FunctionNode):
            around = (one for one in module.ancestors(parent) if isinstance(one, FunctionNode))
            # What is within one of them, a signal's handler say, is for it.
            return any(is_control(one, module, own, depth) for one in (parent, *around))
        below = parent
    return True  # of the file, or of a class


def is_control(function: FunctionNode, module: Module, own: Own, depth: int) -> bool:
    """Tell whether a function is one that tells things to stop, wherever it is called."""
    if any(is_of_server(one) for one in function.decorator_list):
        return True
    if not CONTROL.fullmatch(function.name) or depth > DEEPEST:
        return False
    if function.name.startswith("__") or "lifespan" in function.name:
        return True
    return all(
        is_told(node, file, own, depth + 1)
        for file in mentioning(function.name, module)
        for node in references(function, file)
    )


def is_of_server(decorator: ast.expr) -> bool:
    """Tell whether a function is a route for HTTP, or runs at the server's start or end."""
    call = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(call, ast.Attribute) and call.attr in HTTP | {"on_event"}


def references(function: FunctionNode, module: Module) -> Iterator[ast.AST]:
    """Give the places that may call a function, but for those of a shutdown or a signal."""
    for node in named(function.name, module):
        if not isinstance(node.ctx, ast.Load):
            continue
        parent = module.parents[node]
        if isinstance(parent, ast.Call) and parent.func is node:
            found = callee(parent, module)
            is_other = found.node is not function if found else is_foreign(parent, module)
            if not is_other:
                yield node
        elif isinstance(parent, ast.Call) and last_name(parent.func) in LATER:
            yield node


def is_foreign(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is one of something else that is known."""
    if operation(call, module) or not isinstance(call.func, ast.Attribute):
        return True
    return inference(module).kind(call.func.value, module) is not None
