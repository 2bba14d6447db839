"""What the constants of a project stand for: names, and attributes of modules and classes."""

from __future__ import annotations

import ast

from holdfast.check.code.kinds import Class, File, Instance, files_around, inference
from holdfast.check.code.module import Module
from holdfast.check.code.scopes import Binding


def bindings_of(node: ast.expr, module: Module) -> tuple[list[Binding], Module]:
    """Find what gives a name or an attribute its value, and in which file."""
    infer = inference(module)
    if isinstance(node, ast.Attribute):
        base = infer.kind(node.value, module)
        if isinstance(base, Class | Instance):
            of = base.of if isinstance(base, Instance) else base
            values = infer.classes.values(of, node.attr)
            return [Binding("value", one) for one in values], of.module
        return globals_of(base.module, node.attr) if isinstance(base, File) else ([], module)
    if not isinstance(node, ast.Name):
        return [], module
    bindings = infer.scopes(module).lookup(node)[1]
    if bindings and bindings[0].how == "import":
        source, _, name = module.imports.get(node.id, "").rpartition(".")
        other = files_around(module).module_named(module, source) if source else None
        return globals_of(other, name) if other else ([], module)
    return bindings, module


def globals_of(module: Module, name: str) -> tuple[list[Binding], Module]:
    """Give what a module binds a name to."""
    return inference(module).scopes(module).table(module.tree).get(name, []), module


def text_of(node: ast.expr, module: Module) -> str:
    """Read a text that is written out, or that a constant stands for; else it is empty."""
    found: ast.AST = node
    if isinstance(node, ast.Name | ast.Attribute):
        bindings, _ = bindings_of(node, module)
        if len(bindings) == 1 and bindings[0].how == "value" and not bindings[0].path:
            found = bindings[0].source
    if isinstance(found, ast.Constant) and isinstance(found.value, str):
        return found.value
    return ""
