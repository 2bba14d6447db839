"""Makes the edits of fixes, from the positions of the tree."""

from __future__ import annotations

import ast
import re

from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.finding import Edit, Fix, Span

DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def insert_before(node: ast.AST, text: str, module: Module) -> Edit:
    """Put a text before a node."""
    span = module.span(node)
    return Edit(Span(span.row, span.column, span.row, span.column), text)


def insert_after(node: ast.AST, text: str, module: Module) -> Edit:
    """Put a text behind a node."""
    span = module.span(node)
    return Edit(Span(span.end_row, span.end_column, span.end_row, span.end_column), text)


def replace(node: ast.AST, text: str, module: Module) -> Edit:
    """Put a text in the place of a node."""
    return Edit(module.span(node), text)


def iterated_copy(node: ast.expr, module: Module) -> Fix:
    """Have a loop go over a copy of what it goes over."""
    edits = (insert_before(node, "list(", module), insert_after(node, ")", module))
    return Fix("Iterate a copy, `list(...)`", edits)


def lines_before(statement: ast.stmt, lines: list[str], module: Module) -> Edit:
    """Put lines before a statement, as far in as it is; on a line that it shares, with `;`."""
    if is_behind(statement, module):
        return insert_before(statement, "".join(f"{line}; " for line in lines), module)
    indent = indent_of(statement, module)
    text = "".join(f"{indent}{line}\n" for line in lines)
    return Edit(Span(statement.lineno, 1, statement.lineno, 1), text)


def lines_after(statement: ast.stmt, lines: list[str], module: Module) -> Edit:
    """Put lines behind a statement, as far in as it is; on a line that it shares, with `;`."""
    row = statement.end_lineno or statement.lineno
    rest = module.lines[row - 1][module.span(statement).end_column - 1 :].lstrip()
    if is_behind(statement, module) or rest.startswith(";"):
        return insert_after(statement, "".join(f"; {line}" for line in lines), module)
    indent = indent_of(statement, module)
    column = len(module.lines[row - 1]) + 1
    text = "".join(f"\n{indent}{line}" for line in lines)
    return Edit(Span(row, column, row, column), text)


def is_behind(statement: ast.stmt, module: Module) -> bool:
    """Tell whether something else stands on the line before a statement: `if x: ...`, `a; b`.

    A line that is continued ends in a backslash, which a comment may do, too.
    """
    row, before = statement.lineno, module.lines[statement.lineno - 2 : statement.lineno - 1]
    is_continued = any(line.endswith("\\") and "#" not in line for line in before)
    return is_continued or bool(module.lines[row - 1][: module.span(statement).column - 1].strip())


def has_long_text(statement: ast.stmt) -> bool:
    """Tell whether a text of several lines, which no indent may change, is in a statement."""
    return any(
        isinstance(one, ast.Constant | ast.JoinedStr) and one.end_lineno != one.lineno
        for one in walk(statement)
    )


def indented(lines: list[str], module: Module) -> list[str]:
    """Indent lines, which have four spaces for each level, as their file does."""
    unit, stripped = step(module), [line.lstrip(" ") for line in lines]
    levels = [(len(line) - len(bare)) // 4 for line, bare in zip(lines, stripped, strict=True)]
    return [unit * level + bare for level, bare in zip(levels, stripped, strict=True)]


def step(module: Module) -> str:
    """Give the white space of one level in a file: four spaces, or what it has."""
    every: list[FunctionNode] = [*module.every(ast.FunctionDef)]
    for node in [*every, *module.every(ast.AsyncFunctionDef)]:
        inner, outer = indent_of(node.body[0], module), indent_of(node, module)
        if node.body[0].lineno > node.lineno and inner.startswith(outer) and inner != outer:
            return inner.removeprefix(outer)
    return "    "


def import_of(name: str, source: str, module: Module) -> list[Edit]:
    """Import a name from a package, unless the file does; after the imports of the same package.

    Where the file imports it under another name, that import is not taken for it.
    """
    if module.imports.get(name) == f"{source}.{name}":
        return []
    for node in module.every(ast.ImportFrom):
        if node.module == source and node.level == 0 and node in module.tree.body:
            last = node.names[-1]
            if last.name != "*":
                return [insert_after(last, f", {name}", module)]
    return [line_after_imports(f"from {source} import {name}", module)]


def is_taken(name: str, source: str, module: Module) -> bool:
    """Tell whether a name means something else in a file than what a package has under it."""
    given = (one.id for one in module.every(ast.Name) if isinstance(one.ctx, ast.Store))
    parameters = (one.arg for one in module.every(ast.arg))
    defined = (getattr(one, "name", "") for one in module.every(*DEFINING))
    imported = module.imports.get(name, f"{source}.{name}") != f"{source}.{name}"
    return imported or any(name in names for names in (given, parameters, defined))


def name_of_package(package: str, module: Module) -> tuple[str, list[Edit]]:
    """Give the name that a file has for a package, and the edits that import it, if it has none."""
    for node in module.tree.body:
        for alias in node.names if isinstance(node, ast.Import) else ():
            if alias.name == package:
                return alias.asname or package, []
    return package, [line_after_imports(f"import {package}", module)]


def line_after_imports(line: str, module: Module) -> Edit:
    """Put a line behind the imports at the top of a file."""
    row = 1
    for statement in module.tree.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not (is_text or isinstance(statement, ast.Import | ast.ImportFrom)):
            break
        row = (statement.end_lineno or statement.lineno) + 1
    else:
        return Edit(Span(row, 1, row, 1), f"{line}\n")
    if row == 1:
        while row <= len(module.lines) and re.match(r"#", module.lines[row - 1]):
            row += 1
    return Edit(Span(row, 1, row, 1), f"{line}\n")


def indent_of(statement: ast.stmt, module: Module) -> str:
    """Give the white space before a statement, for edits that add lines beside it."""
    line = module.lines[statement.lineno - 1]
    return line[: len(line) - len(line.lstrip())]
