"""Whether the message of a disconnect is overlooked: in a loop, and in the helpers around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import arguments, callee
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.callers import Caller, calls_of
from holdfast.check.facts.messages import END, Reader, Way, is_deadline
from holdfast.check.facts.sockets import operation
from holdfast.check.facts.unread import is_abstract

DEEPEST = 2


def overlooks_end(call: ast.Call, loop: Loop, module: Module) -> bool:
    """Tell whether a loop surely goes round, or fails, when `receive()` gives the end."""
    function = module.function_of(call)
    if function is None or hands_on(call, function, module) or compares(function, module):
        return False
    statement = module.statement_of(call)
    if isinstance(statement, Loop) and statement is not loop:
        return False
    reader = Reader(loop, module)
    reader.received = frozenset({call})
    return reader.goes_round()


def looping_callers(call: ast.Call, module: Module) -> Iterator[Caller]:
    """Give the loops that call a function again when its `receive()` has given the end.

    What the function returns is not known to them: one that asks for it may well leave.
    """
    function = module.function_of(call)
    if function is None or hands_on(call, function, module) or compares(function, module):
        return
    reader = Reader(function, module)
    reader.received = frozenset({call})
    if Way.OUT in reader.block(function.body):
        return
    for caller in calls_of(function, module):
        if calls_again(caller):
            yield caller


def calls_again(caller: Caller) -> bool:
    """Tell whether a loop awaits a helper, and goes round whatever that gives."""
    call, module, function = caller
    loop = module.loop_of(call)
    if not isinstance(loop, ast.While) or not isinstance(module.parents[call], ast.Await):
        return False
    statement = module.statement_of(call)
    if function is None or isinstance(statement, Loop) or compares(function, module):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    names = {one.id for one in targets if isinstance(one, ast.Name)}
    if any(is_given_on(one, module) for one in own_nodes(function) if is_read(one, names)):
        return False
    kept = module.parents[module.parents[call]]
    return (
        not is_given_on(module.parents[call], module)
        and (isinstance(kept, ast.Expr) or bool(names) or operation(kept, module) == "send")
        and Reader(loop, module).goes_round()
    )


def is_read(node: ast.AST, names: set[str]) -> bool:
    """Tell whether a node reads one of these variables."""
    return isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)


def is_given_on(node: ast.AST, module: Module) -> bool:
    """Tell whether what a helper gave goes to somebody who may raise because of it."""
    parent = module.parents[node]
    if isinstance(parent, ast.Call):
        return operation(parent, module) != "send" and not is_telling(parent)
    return isinstance(parent, ast.Return | ast.Yield | ast.keyword)


def is_telling(call: ast.Call) -> bool:
    """Tell whether a call only spells something, or logs it."""
    spelt = ast.unparse(call.func)
    return spelt in {"print", "str", "len", "int"} or "log" in spelt.lower()


def compares(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function looks at the message in a way that is not followed here."""
    for node in own_nodes(function):
        if isinstance(node, ast.Constant):
            text = node.value if isinstance(node.value, str) and node.value != END else ""
        else:
            text = last_name(node)
        if "disconnect" in text.lower() and is_compared(node, module):
            return True
    return False


def is_compared(node: ast.AST, module: Module) -> bool:
    """Tell whether something is part of a comparison, a pattern, or a search in a text."""
    for parent in module.ancestors(node):
        if isinstance(parent, ast.Compare | ast.MatchValue):
            return True
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
            if parent.func.attr in {"endswith", "startswith", "find", "search", "match"}:
                return True
        if isinstance(parent, ast.stmt):
            return False
    return False


def hands_on(call: ast.Call, function: FunctionNode, module: Module) -> bool:
    """Tell whether the message goes to another function, or is kept."""
    below: ast.expr = call
    node = module.parents[call]
    while isinstance(node, ast.Await) or (isinstance(node, ast.Call) and is_deadline(node)):
        below, node = node, module.parents[node]
    if isinstance(node, ast.Call):
        return operation(node, module) != "send" and not is_lost(below, node, module, 0)
    if isinstance(node, ast.Return | ast.Yield | ast.Tuple):
        return True
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {one.id for one in targets if isinstance(one, ast.Name)}
    return not names or any(
        isinstance(one, ast.Name)
        and one.id in names
        and isinstance(one.ctx, ast.Load)
        and gives_away(one, module)
        for one in own_nodes(function)
    )


def gives_away(name: ast.expr, module: Module, depth: int = 0) -> bool:
    """Tell whether a use of the message gives it to somebody who may look at its type."""
    parent = module.parents[name]
    if isinstance(parent, ast.Call):
        if is_telling(parent) or operation(parent, module) == "send":
            return False
        return not is_lost(name, parent, module, depth)
    if isinstance(parent, ast.Attribute):
        return parent.attr not in {"get", "keys"}
    return isinstance(parent, ast.Return | ast.Yield | ast.keyword)


def is_lost(value: ast.expr, call: ast.Call, module: Module, depth: int) -> bool:
    """Tell whether a function that is given the message takes no notice of its being the end."""
    found = callee(call, module) if depth < DEEPEST else None
    if found is None or is_abstract(found.node) or compares(found.node, found.module):
        return False
    names = {name for name, one in arguments(call, found).items() if one is value}
    nodes = own_nodes(found.node)
    uses = [one for one in nodes if isinstance(one, ast.Name) and one.id in names]
    if not uses or not any(asks_for_data(one, found.module) for one in uses):
        return False
    if any(gives_away(one, found.module, depth + 1) for one in uses):
        return False
    reader = Reader(found.node, found.module)
    reader.names = names
    calls = (callee(one, found.module) for one in nodes if isinstance(one, ast.Call))
    raises = any(isinstance(one, ast.Raise) for to in calls if to for one in own_nodes(to.node))
    return not raises and Way.OUT not in reader.block(found.node.body)


def asks_for_data(name: ast.Name, module: Module) -> bool:
    """Tell whether a use of the message asks for its text or bytes."""
    statement = module.statement_of(name)
    around = statement.test if isinstance(statement, ast.If | ast.While) else statement
    return any(
        isinstance(one, ast.Constant) and one.value in {"text", "bytes"} for one in ast.walk(around)
    )
