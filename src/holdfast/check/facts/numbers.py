"""Numbers that stand in the text: what a name, a calculation or the length of a range comes to."""

from __future__ import annotations

import ast
import operator

from holdfast.check.code.kinds import inference
from holdfast.check.code.module import Module, parameters
from holdfast.check.code.scopes import Binding

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
BITS = 64


def bindings_of(node: ast.Name, module: Module, loop: ast.AST | None = None) -> list[Binding]:
    """Give what binds a name, but for annotations, and for what is done within a loop."""
    _, bindings = inference(module).scopes(module).lookup(node)
    return [
        one
        for one in bindings
        if one.how != "annotation" and (loop is None or loop not in module.ancestors(one.source))
    ]


def number(node: ast.AST, module: Module) -> int | None:
    """Give the value of a number, or of a name that has one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.BinOp):
        return calculated(node, module)
    if isinstance(node, ast.Name):
        bindings = bindings_of(node, module)
        if len(bindings) == 1 and bindings[0].how == "value":
            return number(unpacked(bindings[0]), module)
        if bindings and isinstance(parameter := bindings[0].source, ast.arg):
            function = module.function_of(parameter)
            given = parameters(function) if function else ()
            default = next((value for one, value in given if one is parameter), None)
            return number(default, module) if default else None
    return None


def calculated(node: ast.BinOp, module: Module) -> int | None:
    """Calculate `48 * 1000`, `10**6` or `1 << 20`."""
    left, right = number(node.left, module), number(node.right, module)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Pow | ast.LShift):
        is_power = isinstance(node.op, ast.Pow)
        power: int = (left if is_power else 2) ** min(max(right, 0), BITS)
        return power if is_power else left * power
    calculate = OPERATORS.get(type(node.op))
    return int(calculate(left, right)) if calculate else None


def unpacked(binding: Binding) -> ast.AST:
    """Give the part of `a, b = 1, 2` that a name stands for."""
    source = binding.source
    for index in binding.path:
        if not isinstance(source, ast.Tuple) or not isinstance(index, int):
            return ast.Pass()
        source = source.elts[index] if index < len(source.elts) else ast.Pass()
    return source


def times(loop: ast.For, module: Module) -> int:
    """Tell how often a loop over a range goes round; 1 if that is not known."""
    return rounds(loop.iter, module)


def rounds(call: ast.expr, module: Module) -> int:
    """Tell how many numbers a range gives; 1 if that is not known."""
    if not isinstance(call, ast.Call) or module.qualify(call.func) != "range":
        return 1
    values = [number(one, module) for one in call.args]
    numbers = [one for one in values if one is not None]
    is_known = bool(numbers) and len(numbers) == len(values) and 0 not in numbers[2:]
    return len(range(*numbers)) if is_known else 1
