"""How much a loop goes over: what is long for sure, or may well be."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Container, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters, walk
from holdfast.check.code.scopes import Binding
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.callers import is_one_connection, values_given
from holdfast.check.facts.numbers import bindings_of, number, rounds
from holdfast.check.facts.registries import place_of

# As many small messages take about ten milliseconds.
MANY = 1000
DEPTH = 4
WRAPPERS = {
    "csv.DictReader",
    "csv.reader",
    "enumerate",
    "zip",
    "map",
    "filter",
    "reversed",
    "iter",
    "list",
    "tuple",
    "sorted",
}
LONG = {"open", "read", "readlines", "fetchall", "stream", "generate", "iter_content", "execute",
        "iter_lines", "iterrows", "itertuples", "read_text", "read_bytes", "scalars", "find",
        "aggregate", "rglob", "walk", "os.walk"}  # fmt: skip
SHORT = {"head", "fetchmany", "most_common", "sample", "nlargest", "nsmallest", "limit"}
PAIR = 2
QUERIES = {"query", "filter", "filter_by", "order_by", "exec", "where", "join", "options"}
ENDLESS = {"itertools.count", "itertools.repeat", "itertools.cycle"}
TAKES_OUT = {"get_nowait", "popleft", "pop"}
# What is called so is data, and not a few messages, where nothing else says how much it is.
BULK = re.compile(r"(^|_)(rows|records|lines|chunks|tokens|samples|points|bytes)$")
# What a function is named that gives the whole of something.
WHOLE = re.compile(r"(^|[_.])(everything|export|dump|stream|tail|generate)(_|$)")
GROWS = {"append", "extend", "insert"}
READS = {"copy", "index", "count"}
# One piece of something, which is cut again.
PIECE = re.compile(r"(^|_)(chunk|packet|frame|line|word|part|text|message|msg|reply|answer)$")


def is_much(node: ast.AST, module: Module, depth: int = 0) -> bool:
    """Tell whether something iterable is long, or may well be."""
    match node:
        case ast.Name() if depth < DEPTH:
            return name_is_much(node, module, depth) or only_grows(node, module)
        case ast.Attribute() if depth < DEPTH:
            return only_grows(node, module)
        case ast.ListComp(generators=[first, *_]) | ast.GeneratorExp(generators=[first, *_]):
            return is_much(first.iter, module, depth)
        case ast.BinOp(op=ast.Mult(), right=right):
            return (number(right, module) or 0) >= MANY
        case ast.Await(value=ast.Call() as call) | (ast.Call() as call):
            return call_is_much(call, module, depth)
    return False


def name_is_much(node: ast.Name, module: Module, depth: int) -> bool:
    """Tell whether what a name stands for is long, or what the callers give for a parameter."""
    match bindings_of(node, module):
        case [Binding(how="value" | "context", source=source, path=())]:
            return is_much(source, module, depth + 1)
        case [Binding(how="parameter", source=source)]:
            given = [*given_for(node.id, source, module)]
            if given:
                return any(is_much(one, where, depth + 1) for one, where in given)
            return BULK.search(node.id) is not None and depth == 0
    return False


def only_grows(node: ast.Name | ast.Attribute, module: Module) -> bool:
    """Tell whether a list outlives its function, is added to, and never shortened or measured."""
    found = place_of(node, module)
    if found is None or found[1] or isinstance(found[0].owner, FunctionNode | None):
        return False
    kind = inference(module).kind(node, module)
    if not isinstance(kind, Container) or kind.type != "list" or is_one_connection(kind.item):
        return False
    name, grows = last_name(node), False
    every: list[ast.Name | ast.Attribute] = [*module.every(ast.Attribute), *module.every(ast.Name)]
    for one in every:
        if last_name(one) != name:
            continue
        parent, function = module.parents[one], module.function_of(one)
        if isinstance(parent, ast.Attribute) and function:
            if parent.attr not in READS | GROWS:
                return False
            grows = grows or (parent.attr in GROWS and not gives_back(function))
        elif is_shortening(one, parent, module, is_in_function=function is not None):
            return False
    return grows


def gives_back(function: FunctionNode) -> bool:
    """Tell whether a function returns what it is given, as a decorator that only notes it."""
    if isinstance(function, ast.AsyncFunctionDef) or function.decorator_list:
        return False  # an endpoint: no decorator is one
    names = {one.arg for one, _ in parameters(function)}
    values = [one.value for one in own_nodes(function) if isinstance(one, ast.Return)]
    return any(isinstance(one, ast.Name) and one.id in names for one in values)


def is_shortening(node: ast.expr, parent: ast.AST, module: Module, *, is_in_function: bool) -> bool:
    """Tell whether a list is cut, measured, made anew or handed to somebody who may do that."""
    if isinstance(parent, ast.Call):
        called = parent.func.id if isinstance(parent.func, ast.Name) else ""
        if called == "len":
            return isinstance(module.parents[parent], ast.Compare)
        return called not in WRAPPERS
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        # What is made once is no other list later on, nor one that forgets by itself.
        is_made = isinstance(parent.value, ast.List) or is_empty_list(parent.value)
        return not is_made or (is_in_function and isinstance(node, ast.Name))
    return not isinstance(parent, ast.For | ast.comprehension | ast.Global)


def is_empty_list(node: ast.expr | None) -> bool:
    """Tell whether an expression is `list()`, or the `field(default_factory=list)` of a class."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    made = [one.value for one in node.keywords if one.arg == "default_factory"]
    return node.func.id == "list" or any(
        isinstance(one, ast.Name) and one.id == "list" for one in made
    )


def given_for(name: str, parameter: ast.AST, module: Module) -> Iterator[tuple[ast.expr, Module]]:
    """Give what the calls in sight give for a parameter, each with its file."""
    function = module.function_of(parameter)
    return values_given(name, function, module) if function else iter(())


def call_is_much(node: ast.Call, module: Module, depth: int) -> bool:
    """Tell whether a call gives something long."""
    name = module.qualify(node.func)
    if cut_short(node.func):
        return False
    known = tool_is_much(node, name, module, depth)
    if known is not None:
        return known
    if name in {"bytes", "bytearray"}:
        return bool(node.args) and (number(node.args[0], module) or 0) >= MANY
    if name == "range":
        return is_far(node, module)
    if name in ENDLESS:
        return True
    if any(one.arg == "stream" and is_true(one.value) for one in node.keywords):
        return True
    if "limit" in ast.unparse(node).lower():
        return False
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in LONG or is_all(node.func) or is_much(node.func.value, module, depth):
            return True
    return name in LONG or gives_much(node, name, module, depth)


def tool_is_much(node: ast.Call, name: str, module: Module, depth: int) -> bool | None:
    """Tell whether a function of Python's that goes over others gives something long."""
    if name == "iter" and len(node.args) == PAIR:
        return is_read(node.args[0])  # `iter(lambda: file.read(4096), b"")`
    if name == "itertools.product":
        return math.prod(rounds(one, module) for one in node.args) >= MANY
    if name == "itertools.repeat" and len(node.args) == PAIR:
        return (number(node.args[1], module) or 0) >= MANY
    return any(is_much(one, module, depth) for one in node.args) if name in WRAPPERS else None


def cut_short(node: ast.expr) -> bool:
    """Tell whether something is cut on its way: `rows.head(10).iterrows()`, `fetchmany(20)`."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute) and node.attr in SHORT:
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def is_read(node: ast.expr) -> bool:
    """Tell whether a function that is handed on reads: `file.read`, in a lambda or a partial."""
    if isinstance(node, ast.Lambda):
        node = node.body
    if isinstance(node, ast.Call):
        node = node.args[0] if node.args and isinstance(node.args[0], ast.Attribute) else node.func
    return isinstance(node, ast.Attribute) and node.attr in LONG


def is_all(node: ast.Attribute) -> bool:
    """Tell whether something is all that a query finds: `db.query(Row).filter(...).all()`."""
    of = node.value.func if isinstance(node.value, ast.Call) else None
    return node.attr == "all" and isinstance(of, ast.Attribute) and of.attr in QUERIES


def gives_much(call: ast.Call, name: str, module: Module, depth: int) -> bool:
    """Tell whether a function of the project yields, or returns something long.

    Of an imported one that is not in sight, its name tells.
    """
    helper = callee(call, module) if depth < DEPTH else None
    if helper is None:
        if not isinstance(call.func, ast.Name) or call.func.id not in module.imports:
            return False
        is_bulk = not call.args and BULK.search(name) is not None
        return is_bulk or WHOLE.search(name) is not None
    kind = inference(module).result(helper)
    if isinstance(kind, Container) and kind.type == "yielded":
        return not helper.is_async
    values = [one.value for one in own_nodes(helper.node) if isinstance(one, ast.Return)]
    if not any(one is not None and is_much(one, helper.module, depth + 1) for one in values):
        return False
    return "limit" not in ast.unparse(helper.node).lower()


def is_true(node: ast.expr) -> bool:
    """Tell whether an expression is `True`."""
    return isinstance(node, ast.Constant) and node.value is True


def is_far(call: ast.Call, module: Module) -> bool:
    """Tell whether a range is long, or as long as something may be."""
    if call.args and all(number(one, module) is not None for one in call.args):
        return rounds(call, module) >= MANY
    match call.args:
        case [_, ast.Call(func=ast.Name(id="len"), args=[data]), step]:
            # `range(0, len(data), size)` cuts something into pieces.
            return is_cut(data, number(step, module), module)
        case [ast.Call(func=ast.Name(id="len"), args=[data])]:
            return is_much(data, module)
        case [ast.Name() as count]:
            return is_any_number(count, module)
    return False


def is_cut(data: ast.expr, step: int | None, module: Module, loop: ast.AST | None = None) -> bool:
    """Tell whether data that is cut into pieces is long, or anything may be given for it."""
    if step is not None and step < 2:
        return is_much(data, module)
    if not isinstance(data, ast.Name):
        return is_much(data, module)
    match bindings_of(data, module, loop):
        case [Binding(how="value", source=source, path=())]:
            return is_much(source, module)
        case [Binding(how="parameter", source=source)] if not PIECE.search(data.id):
            given = [*given_for(data.id, source, module)]
            return not given or any(is_much(one, where) for one, where in given)
    return False


def is_any_number(node: ast.Name, module: Module) -> bool:
    """Tell whether a number may be any: the client gives it, or the caller, and nobody looks."""
    function = module.function_of(node)
    if function is None or is_compared(node.id, function, module):
        return False
    match bindings_of(node, module):
        case [Binding(how="value", source=ast.Call(func=ast.Name(id="int")) as given, path=())]:
            # What a setting says is for its author.
            is_here = module.function_of(given) is function
            return is_here and "env" not in ast.unparse(given).lower()
        case [Binding(how="parameter", source=source)]:
            calls = [*given_for(node.id, source, module)]
            return not calls or any((number(one, where) or 0) >= MANY for one, where in calls)
    return False


def is_compared(name: str, function: FunctionNode, module: Module) -> bool:
    """Tell whether a function compares a number with another, or bounds it in a signature."""
    spec = function.args
    signed = [one for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs) if one.arg == name]
    if any(isinstance(one.annotation, ast.Subscript) for one in signed):
        return True  # `Annotated[int, Query(le=100)]`
    return any(
        isinstance(one, ast.Compare)
        and any(isinstance(each, ast.Name) and each.id == name for each in walk(one))
        for one in own_nodes(function)
    )


# -- while -----------------------------------------------------------------------------------------


def goes_far(loop: ast.While, module: Module) -> bool:
    """Tell whether a loop counts far, or goes through long data piece by piece."""
    match loop.test:
        case ast.Constant(value=value):
            stepped = [one for one in own_nodes(loop) if is_step(one)]
            if stepped:
                return any(is_much(one.args[0], module) for one in stepped)  # type: ignore[attr-defined]
            return bool(value) and not is_drain(loop)
        case ast.NamedExpr(value=value):
            return is_much(value, module)
        case ast.Name(id=name) as data:
            return is_shortened(name, loop) and is_cut(data, None, module, loop)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Lt() | ast.LtE()], comparators=[end]):
            steps = [*steps_of(name, loop)]
            if len(steps) != 1:
                return False
            step = number(steps[0], module)
            if isinstance(end, ast.Call) and isinstance(end.func, ast.Name) and end.args:
                return end.func.id == "len" and is_cut(end.args[0], step, module, loop)
            return step is not None and step > 0 and (number(end, module) or 0) >= MANY * step
    return False


def steps_of(name: str, loop: ast.While) -> Iterator[ast.expr]:
    """Give what a loop adds to a name each time, where it does nothing else to it."""
    for node in own_nodes(loop):
        match node:
            case ast.AugAssign(target=ast.Name(id=goal), op=ast.Add(), value=step):
                if goal == name:
                    yield step


def is_step(node: ast.AST) -> bool:
    """Tell whether a node takes the next one out of an iterator: `next(pieces)`."""
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return is_call and node.func.id == "next" and bool(node.args)  # type: ignore[attr-defined]


def is_drain(loop: ast.While) -> bool:
    """Tell whether a loop takes what has come in out of a buffer, and stops when that is empty."""
    nodes = list(own_nodes(loop))
    if not any(isinstance(one, ast.Break | ast.Return) for one in nodes):
        return False
    if any(isinstance(one, ast.Attribute) and one.attr in TAKES_OUT for one in nodes):
        return True
    cut = {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return any(is_shortened(one, loop) for one in cut)


def is_shortened(name: str, loop: ast.While) -> bool:
    """Tell whether a loop cuts the beginning off each time: `data = data[size:]`."""
    for node in own_nodes(loop):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=goal)],
                value=ast.Subscript(
                    value=ast.Name(id=source), slice=ast.Slice(lower=ast.expr(), upper=None)
                ),
            ):
                if goal == source == name:
                    return True
    return False
