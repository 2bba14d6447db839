"""Which coroutines a `gather` or a `wait` is given, however they were collected before."""

from __future__ import annotations

import ast
from collections.abc import Collection

from holdfast.check.code.asking import unless_asked
from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Function, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes
from holdfast.check.facts.sockets import callee_name

DISPLAYS = ast.List | ast.Tuple | ast.Set
TASKS = {"asyncio.create_task", "asyncio.ensure_future"}


def spread(node: ast.expr, module: Module) -> list[ast.expr]:
    """Give what `*tasks` stands for, where tasks is a list that is written out."""
    inner = node.value if isinstance(node, ast.Starred) else node
    match inner:
        case ast.Call(func=ast.Attribute(attr="values", value=ast.Name() as named), args=[]):
            _, bindings = inference(module).scopes(module).lookup(named)
            made_of = [one.source for one in bindings if one.how == "value" and not one.path]
            return [each for one in made_of if isinstance(one, ast.Dict) for each in one.values]
    if isinstance(inner, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(inner)
        sources = [one.source for one in bindings if one.how == "value" and not one.path]
        listed = [one.elts for one in sources if isinstance(one, DISPLAYS)]
        if listed:
            return [one for elements in listed for one in elements] + appended(inner, module)
        made = [one for one in sources if isinstance(one, ast.ListComp)]
        if len(made) == len(bindings) == 1 and isinstance(node, ast.Starred):
            return for_each(made[0], module)
    if isinstance(inner, DISPLAYS):
        return [each for one in inner.elts for each in spread(one, module)]
    if isinstance(inner, ast.ListComp | ast.GeneratorExp) and inner is not node:
        return for_each(inner, module)
    return [] if isinstance(node, ast.Starred) else [node]


def for_each(made: ast.ListComp | ast.GeneratorExp, module: Module) -> list[ast.expr]:
    """Give what a comprehension makes; of functions that are written out, a call of each."""
    goal, items = made.generators[0].target, made.generators[0].iter
    listed = spread(items, module) if isinstance(items, DISPLAYS | ast.Name) else []
    elt = made.elt
    if isinstance(elt, ast.Call) and callee_name(elt, module) in TASKS and elt.args:
        elt = elt.args[0]
    if not (isinstance(elt, ast.Call) and isinstance(goal, ast.Name)):
        return [made.elt]
    if ast.unparse(elt.func) != goal.id or listed == [items]:
        return [made.elt]
    calls = [ast.Call(one, elt.args, elt.keywords) for one in listed]
    return [ast.copy_location(one, elt) for one in calls]


def appended(
    name: ast.Name, module: Module, methods: Collection[str] = ("append", "add")
) -> list[ast.expr]:
    """Give what is appended to a list in the same function."""
    function = module.function_of(name)
    found: list[ast.expr] = []
    for node in own_nodes(function) if function else ():
        match node:
            case ast.Call(func=ast.Attribute(attr=attr, value=ast.Name(id=id)), args=[one]):
                found += [one] if id == name.id and attr in methods else []
    return found


def assigned(node: ast.Attribute, module: Module) -> ast.expr | None:
    """Give the value of `self.task` that the same function gives it."""
    function, text = module.function_of(node), ast.unparse(node)
    for one in own_nodes(function) if function else ():
        if isinstance(one, ast.Assign) and any(ast.unparse(each) == text for each in one.targets):
            return one.value
    return None


@unless_asked
def branch(node: ast.expr, module: Module) -> Function | None:
    """Find the coroutine function that an argument of gather runs."""
    if isinstance(node, ast.Attribute):
        value = assigned(node, module)
        return branch(value, module) if isinstance(value, ast.Call) else None
    if isinstance(node, ast.Name):
        scope, bindings = inference(module).scopes(module).lookup(node)
        bindings = [one for one in bindings if one.how != "annotation"]
        sources = [one.source for one in bindings if one.how == "value" and not one.path]
        if isinstance(scope, FunctionNode) and len(bindings) == 1 and sources:
            source = sources[0]
            return branch(source, module) if isinstance(source, ast.Call) else None
        return None
    if not isinstance(node, ast.Call):
        return None
    if callee_name(node, module) in TASKS and node.args:
        return branch(node.args[0], module)
    helper = callee(node, module)
    return helper if helper and helper.is_async else None
