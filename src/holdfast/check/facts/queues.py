"""Queues of messages for a client: where they are made, emptied into a WebSocket, and filled."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import arguments, before_star, callee, receiver
from holdfast.check.code.kinds import Class, Instance, inference
from holdfast.check.code.module import FunctionNode, Module, body_nodes, own_nodes, walk
from holdfast.check.facts.callers import values_given
from holdfast.check.facts.live import target_of
from holdfast.check.facts.registries import place_of
from holdfast.check.facts.sockets import callee_name, operation

QUEUES = {"asyncio.Queue", "asyncio.LifoQueue", "asyncio.PriorityQueue"}
GETS = {"get", "get_nowait"}
PUTS = {"put", "put_nowait"}
SIZES = {"qsize", "full", "maxsize"}
TAKES = {"receive", "raw_receive", "iterate"}
DEPTH = 4


class Made(NamedTuple):
    """A queue: where it is made, in which file, and the expression here that gives it.

    `names` are the last names under which it is known: of variables, attributes and collections.
    """

    node: ast.AST
    module: Module
    given: ast.AST
    names: frozenset[str]
    drain: FunctionNode


def drained(module: Module) -> Iterator[Made]:
    """Find the queues from which a loop of this file takes what it sends to a client."""
    for call in module.every(ast.Call):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr in GETS and not call.args):
            continue
        function = module.function_of(call)
        if function and module.loop_of(call) and is_sent(call, function, module):
            for node, where, given, names in made_as(call.func.value, module, 0):
                if not (where is module and is_for_one_turn(node, call, names, module)):
                    yield Made(node, where, given or node, frozenset(names), function)


def is_for_one_turn(node: ast.AST, call: ast.Call, names: set[str], module: Module) -> bool:
    """Tell whether a queue is made anew for each request, and goes with its answer.

    In one that is emptied in a loop further in, more may wait if others have it.
    """
    loop = module.loop_of(node)
    if loop is None or module.function_of(node) is not module.function_of(call):
        return False
    if loop is module.loop_of(call):
        return True
    return len(names) == 1 and loop in module.ancestors(call)


def is_sent(call: ast.Call, function: FunctionNode, module: Module) -> bool:
    """Tell whether what a call gives is sent to one client, at once or under a name."""
    names = made_from(set(named_as(call, module)), function)
    for node in own_nodes(function):
        if operation(node, module) != "send":
            continue
        for one in walk(node):
            if one is call or (isinstance(one, ast.Name) and one.id in names):
                return True
    return False


def made_from(names: set[str], function: FunctionNode) -> set[str]:
    """Add the names of what is made from what has these names."""
    for node in own_nodes(function) if names else ():
        match node:
            case ast.Assign(targets=goals, value=value) if names & set(names_in(value)):
                names = names | {one for goal in goals for one in names_in(goal)}
            case ast.For(target=goal, iter=value) if names & set(names_in(value)):
                names = names | set(names_in(goal))
    return names


def named_as(call: ast.Call, module: Module) -> Iterator[str]:
    """Give the names that the statement of a call gives to what it gets."""
    for parent in module.ancestors(call):
        goals: list[ast.expr] = []
        if isinstance(parent, ast.Assign):
            goals = parent.targets
        elif isinstance(parent, ast.AnnAssign | ast.NamedExpr):
            goals = [parent.target]
        for goal in goals:
            yield from (one.id for one in walk(goal) if isinstance(one, ast.Name))
        if isinstance(parent, ast.stmt):
            return


Found = tuple[ast.AST, Module, ast.AST | None, set[str]]


def made_as(node: ast.expr, module: Module, depth: int) -> Iterator[Found]:
    """Find where the queue is made that an expression gives; what gives it; and its names."""
    if depth > DEPTH:
        return
    match node:
        case ast.Call() if callee_name(node, module) in QUEUES:
            yield node, module, None, set()
        case ast.Call():
            yield from made_by_helper(node, module, depth)
        case ast.Name():
            yield from named(node, module, depth)
        case ast.Await(value=value):
            yield from made_as(value, module, depth)
        case ast.Attribute():
            yield from of_attribute(node, module, depth)
        case ast.Subscript():
            yield from in_collection(node, module)


def named(node: ast.Name, module: Module, depth: int) -> Iterator[Found]:
    """Follow a name to its values, or a parameter to what callers of this file give."""
    scope, bindings = inference(module).scopes(module).lookup(node)
    for one in bindings:
        source = one.source
        if one.how in {"value", "context"} and isinstance(source, ast.expr) and not one.path:
            for found in made_as(source, module, depth + 1):
                yield *found[:3], found[3] | {node.id, *stored_as(node.id, scope, module)}
        elif one.how == "parameter" and isinstance(scope, FunctionNode):
            yield from handed(node.id, scope, module, depth)


def handed(name: str, function: FunctionNode, module: Module, depth: int) -> Iterator[Found]:
    """Find what is given for a parameter by the calls of this file."""
    inference(module)
    for call in module.every(ast.Call):
        last = call.func.attr if isinstance(call.func, ast.Attribute) else module.qualify(call.func)
        if last.rpartition(".")[2] != function.name:
            continue
        helper = callee(call, module)
        if helper and helper.node is function and (value := arguments(call, helper).get(name)):
            yield from made_as(value, module, depth + 1)


def stored_as(name: str, scope: ast.AST, module: Module) -> list[str]:
    """Give the names of the collections that a local queue is put into: `queues.add(queue)`."""
    kept: dict[ast.AST, dict[str, list[str]]] = module.notes.setdefault("stored as", {})
    if scope not in kept:
        kept[scope] = all_stored(scope)
    return kept[scope].get(name, [])


def all_stored(scope: ast.AST) -> dict[str, list[str]]:
    """Give, under each local name, those of the collections that it is put into."""
    found: dict[str, list[str]] = defaultdict(list)
    for node in walk(scope):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="append" | "add", value=value), args=[ast.Name(id=name)]
            ):
                found[name].append(last_name(value))
            case ast.Assign(targets=targets, value=ast.Name(id=name)):
                found[name] += map(last_name, targets)
    return found


def last_name(node: ast.AST) -> str:
    """Give the last name of an expression: `queues` of `self.queues[room]`."""
    match node:
        case ast.Subscript(value=value) | ast.Call(func=ast.Attribute(value=value)):
            return last_name(value)
        case ast.Attribute(attr=attr):
            return attr
        case ast.Name(id=name):
            return name
    return ""


def made_by_helper(call: ast.Call, module: Module, depth: int) -> Iterator[Found]:
    """Find the queue that a function of the project makes and returns."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in {"get", "setdefault"}:
        yield from in_collection(call, module)
    helper = callee(call, module)
    for node in own_nodes(helper.node) if helper else ():
        # What a context manager of the project yields is what `with` names.
        if helper and isinstance(node, ast.Return | ast.Yield) and node.value:
            for found in made_as(node.value, helper.module, depth + 1):
                yield found[0], found[1], call, found[3]


def of_attribute(node: ast.Attribute, module: Module, depth: int) -> Iterator[Found]:
    """Find the queue that a class gives an attribute of its objects."""
    infer = inference(module)
    kind = infer.kind(node.value, module)
    of = kind.of if isinstance(kind, Instance) else kind
    if not isinstance(of, Class):
        return
    values = [(value, of.module) for value in infer.classes.values(of, node.attr)]
    for value, where in values:
        made = (callee_name(value, where), where.qualify(factory_of(value)))
        if not QUEUES.isdisjoint(made):
            yield value, where, node, {node.attr}
    given = given_to_init(values) if values else given_for_field(node.attr, of, module)
    for one, where in given:
        for found in made_as(one, where, depth + 1):
            yield found[0], found[1], node, found[3] | {node.attr}


def given_to_init(values: list[tuple[ast.AST, Module]]) -> Iterator[tuple[ast.expr, Module]]:
    """Follow parameters of `__init__` that attributes are set to, to what callers give."""
    for value, module in values:
        function = module.function_of(value)
        if isinstance(value, ast.Name) and function and function.name == "__init__":
            yield from values_given(value.id, function, module)


def given_for_field(name: str, of: Class, module: Module) -> Iterator[tuple[ast.expr, Module]]:
    """Give what the calls that make objects of a dataclass give for one of its fields."""
    fields = [
        one.target.id
        for one in of.node.body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    ]
    if name not in fields:
        return
    place = fields.index(name)
    for where in dict.fromkeys([module, of.module]):
        for call in where.every(ast.Call):
            if last_name(call.func) != of.name or inference(where).kind(call.func, where) != of:
                continue
            named = [one.value for one in call.keywords if one.arg == name]
            for one in [*before_star(call.args)][place : place + 1] or named:
                yield one, where


def factory_of(node: ast.AST) -> ast.expr | None:
    """Give the default factory of a dataclass's field."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return next((one.value for one in keywords if one.arg == "default_factory"), None)


def in_collection(node: ast.expr, module: Module) -> Iterator[Found]:
    """Find the queues that are put into the collection that an expression takes one from."""
    wanted = target_of(node, module)
    for goal, value in put_in_collections(module) if wanted else ():
        found = target_of(goal, module)
        if wanted and found and found.place == wanted.place:
            yield value, module, None, {last_name(goal)}


def put_in_collections(module: Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Give the collections that queues are made in, each with what makes one."""
    for statement in module.every(ast.Assign):
        for goal in statement.targets:
            if isinstance(goal, ast.Subscript) and callee_name(statement.value, module) in QUEUES:
                yield goal.value, statement.value
    for call in module.every(ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(attr="setdefault", value=goal), args=[_, value]):
                if callee_name(value, module) in QUEUES:
                    yield goal, value
            case ast.Call(args=[ast.Name() | ast.Attribute() as factory]):
                if module.qualify(call.func).endswith("defaultdict"):
                    made = module.parents[call]
                    if module.qualify(factory) not in QUEUES:
                        continue
                    if isinstance(made, ast.Assign | ast.AnnAssign):
                        goal = made.targets[0] if isinstance(made, ast.Assign) else made.target
                        yield goal, call


def is_bounded(node: ast.AST, module: Module) -> bool:
    """Tell whether a queue has a size, or may have one."""
    if not isinstance(node, ast.Call) or factory_of(node) is not None:
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "defaultdict":
        return False
    sizes = [*node.args, *(one.value for one in node.keywords if one.arg in {"maxsize", None})]
    if not sizes:
        return False
    match sizes[0]:
        case ast.Constant(value=int(size)):
            return size > 0
        case ast.UnaryOp(op=ast.USub()):
            return False
    return True


def is_put_into(made: Made, module: Module) -> bool:
    """Tell whether others than the connection itself put into a queue, and look at no size."""
    found, is_filled = False, False
    for where in {id(one): one for one in (module, made.module)}.values():
        for call in where.every(ast.Call):
            if not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr in SIZES and is_named(call.func.value, made, where):
                return False
            if call.func.attr == "empty" and is_emptied(call, where):
                if is_named(call.func.value, made, where):
                    return False  # what waits there makes room for what comes
            if call.func.attr in PUTS and is_named(call.func.value, made, where):
                is_filled = True
                found = found or is_from_elsewhere(call, made, where)
    # What is emptied, and filled by nobody in sight, is filled by others.
    return found or not is_filled


def is_emptied(call: ast.Call, module: Module) -> bool:
    """Tell whether a loop takes all out of a queue, and something is put into it then."""
    assert isinstance(call.func, ast.Attribute)
    loop, queue = module.loop_of(call), ast.unparse(call.func.value)
    if not isinstance(loop, ast.While) or not any(one is call for one in walk(loop.test)):
        return False
    block = module.block_of(loop)
    return any(
        isinstance(one, ast.Attribute) and one.attr in PUTS and ast.unparse(one.value) == queue
        for after in block[block.index(loop) + 1 :]
        for one in walk(after)
    )


def is_named(node: ast.expr, made: Made, module: Module) -> bool:
    """Tell whether an expression goes by one of a queue's names, or is out of such a collection."""
    if last_name(node) in made.names:
        return True
    if isinstance(node, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(node)
        sources = [one.source for one in bindings if one.how in {"item", "value"}]
        names = {one for each in sources for one in names_in(each)}
        return not names.isdisjoint(made.names)
    return False


def names_in(node: ast.AST) -> Iterator[str]:
    """Give every name and attribute in an expression."""
    for one in walk(node):
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Attribute):
            yield one.attr


def is_from_elsewhere(call: ast.Call, made: Made, module: Module) -> bool:
    """Tell whether a put is another's doing than that of the function that makes or empties it."""
    function = module.function_of(call)
    if is_for_each(call, made, module):
        return True
    if function is None or function is made.drain:
        return False
    maker = made.module.function_of(made.node)
    inner = [
        one for one in (function, *module.ancestors(function)) if isinstance(one, FunctionNode)
    ]
    if maker in inner and maker is not None and not is_handed_on(function, module):
        return False
    return not any(operation(one, module) in TAKES and is_own(one) for one in body_nodes(function))


def is_for_each(call: ast.Call, made: Made, module: Module) -> bool:
    """Tell whether a put goes into each queue of a collection that the connections share."""
    assert isinstance(call.func, ast.Attribute)
    box = call.func.value
    while isinstance(box, ast.Attribute):
        box = box.value  # the object that has the queue
    if not isinstance(box, ast.Name):
        return False
    is_own = box is not call.func.value
    _, bindings = inference(module).scopes(module).lookup(box)
    for one in bindings:
        if one.how == "item" and (is_own or not made.names.isdisjoint(names_in(one.source))):
            found = place_of(one.source, module)
            return found is not None and not isinstance(found[0].owner, FunctionNode)
    return False


def is_own(call: ast.AST) -> bool:
    """Tell whether an operation is on a WebSocket with a name."""
    return isinstance(call, ast.Call) and isinstance(receiver(call), ast.Name | ast.Attribute)


def is_handed_on(function: FunctionNode, module: Module) -> bool:
    """Tell whether a nested function is given to others, which then call it."""
    for node in module.every(ast.Name):
        if node.id == function.name and isinstance(node.ctx, ast.Load):
            parent = module.parents[node]
            if not (isinstance(parent, ast.Call) and parent.func is node):
                return True
    return False
