"""Looking at the text of a program's functions."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from typing import Any

REFUSALS = {401, 403, 429}


def source(thing: Any) -> str | None:
    """The text of a function or class, or of the class of an object; None if there is none."""
    if not inspect.isroutine(thing) and not inspect.isclass(thing):
        thing = type(thing)
    try:
        return inspect.getsource(inspect.unwrap(thing))
    except (OSError, TypeError, ValueError):
        return None


def mentions(word: str, thing: Any) -> bool:
    """Whether the word is in its text, as a part of a name, too; True where nobody can tell."""
    text = source(thing)
    return text is None or bool(re.search(f"(?<![a-z]){word}s?(?![a-z])", text, re.IGNORECASE))


def refuses(thing: Any) -> bool:
    """Whether its text names a status of refusal: 401, 403, 429. False where nobody can tell."""
    text = source(thing)
    if text is None:
        return False
    try:
        tree = ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return False
    return any(_refusal(node) for node in ast.walk(tree))


def _refusal(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) is int and node.value in REFUSALS
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return any(f"HTTP_{status}_" in name for status in REFUSALS)
