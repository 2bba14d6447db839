"""Numbers that stand in the text: what a name, a calculation or the length of a range comes to."""

from __future__ import annotations

import ast
import operator

from holdfast.check.code.kinds import inference
from holdfast.check.code.module import Module, parameters
from holdfast.check.code.scopes import Binding

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
BITS = 64
MOST = 1 << BITS  # no number is larger, and none takes long to calculate
DEEPEST = 8  # names and calculations one within another; `n = n * 2` has no end


def bindings_of(node: ast.Name, module: Module, loop: ast.AST | None = None) -> list[Binding]:
    """Give what binds a name, but for annotations, and for what is done within a loop."""
    _, bindings = inference(module).scopes(module).lookup(node)
    return [
        one
        for one in bindings
        if one.how != "annotation" and (loop is None or loop not in module.ancestors(one.source))
    ]


def number(node: ast.AST, module: Module, depth: int = DEEPEST) -> int | None:
    """Give the value of a number, or of a name that has one; it is `MOST` at most."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return limited(node.value)
    if isinstance(node, ast.BinOp) and depth:
        return calculated(node, module, depth - 1)
    if isinstance(node, ast.Name) and depth:
        bindings = bindings_of(node, module)
        if len(bindings) == 1 and bindings[0].how == "value":
            return number(unpacked(bindings[0]), module, depth - 1)
        if bindings and isinstance(parameter := bindings[0].source, ast.arg):
            function = module.function_of(parameter)
            given = parameters(function) if function else ()
            default = next((value for one, value in given if one is parameter), None)
            return number(default, module, depth - 1) if default else None
    return None


def calculated(node: ast.BinOp, module: Module, depth: int) -> int | None:
    """Calculate `48 * 1000`, `10**6` or `1 << 20`."""
    left, right = number(node.left, module, depth), number(node.right, module, depth)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Pow | ast.LShift):
        is_power = isinstance(node.op, ast.Pow)
        power: int = (left if is_power else 2) ** min(max(right, 0), BITS)
        return limited(power if is_power else left * power)
    calculate = OPERATORS.get(type(node.op))
    return limited(calculate(left, right)) if calculate else None


def limited(value: int) -> int:
    """Give a number, or the largest there is on its side."""
    return max(-MOST, min(int(value), MOST))


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
    is_known = len(numbers) == len(values) and 0 < len(numbers) < 4 and 0 not in numbers[2:]
    found = range(*numbers) if is_known else range(1)
    return (found[-1] - found[0]) // found.step + 1 if found else 0  # `len` has a limit
