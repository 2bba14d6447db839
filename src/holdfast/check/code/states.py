"""What an application keeps in its state: `app.state.manager`, also in another file."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from holdfast.check.code.imports import read
from holdfast.check.code.kinds import Kind, files_around, inference
from holdfast.check.code.module import Module

STATE = re.compile(r"\.state\.\w+ *=[^=]")


def kept(node: ast.Attribute, module: Module) -> Kind | None:
    """Tell what an attribute of a `state` is, by what a file near gives it."""
    if not isinstance(node.value, ast.Attribute) or node.value.attr != "state":
        return None
    infer = inference(module)
    for file in [module, *files(module)]:
        for value in given(file).get(node.attr, ()):
            if kind := infer.kind(value, file):
                return kind
    return None


def files(module: Module) -> list[Module]:
    """Give the other files of a program that keep something in a state."""
    if "files of states" not in module.notes:
        known: dict[Path, bool] = files_around(module).notes.setdefault("has states", {})
        found = []
        for path in sorted(files_around(module).together(module)):
            if path not in known:
                known[path] = STATE.search(read(path)) is not None
            if known[path] and (file := files_around(module).open(path)):
                found.append(file)
        module.notes["files of states"] = found
    kept_files: list[Module] = module.notes["files of states"]
    return kept_files


def given(module: Module) -> dict[str, list[ast.expr]]:
    """Give what a file assigns to the attributes of any `state`."""
    if "states" not in module.notes:
        table: dict[str, list[ast.expr]] = defaultdict(list)
        for node in module.every(ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Attribute):
                    if target.value.attr == "state":
                        table[target.attr].append(node.value)
        module.notes["states"] = table
    found: dict[str, list[ast.expr]] = module.notes["states"]
    return found
