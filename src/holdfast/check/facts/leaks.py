"""Clean-ups of registered connections that some ways out of their handlers pass by."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.kinds import Function, files_around, inference
from holdfast.check.code.module import FunctionNode, Module, body_nodes
from holdfast.check.facts.callers import called
from holdfast.check.facts.cleanup import (
    CANCEL,
    COVERED,
    DISCONNECT,
    ERROR,
    ESCAPES,
    RETURNS,
    UNKNOWN,
    Handling,
    Tries,
    handlings,
    leave,
    outcomes,
    registrations,
)
from holdfast.check.facts.dependencies import of_parameters
from holdfast.check.facts.registries import REMOVES, place_of, removed
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import Use, given


def is_handed_on(handling: Handling) -> bool:
    """Tell whether what cleans up is given to something that will call it: an exit stack.

    The function that registers may do that, as well as the one that serves.
    """
    registering = {(one.function, one.module) for one in registrations(handling)}
    places = {(handling.function, handling.module)} | registering
    return any(hands_on(Handling(*one, handling.place)) for one in places)


def hands_on(handling: Handling) -> bool:
    """Tell whether a function gives what cleans up to something that will call it."""
    for node in body_nodes(handling.function):
        if isinstance(node, ast.Lambda) and handling.removes(node):
            return True
        arguments = given(node) if isinstance(node, ast.Call) else []
        if any(cleans(one, handling) for one in arguments):
            return True
    return False


def is_wrapped(handling: Handling) -> bool:
    """Tell whether a decorator of the project cleans up around the function."""
    infer = inference(handling.module)
    for one in handling.function.decorator_list:
        kind = infer.kind(one.func if isinstance(one, ast.Call) else one, handling.module)
        if isinstance(kind, Function):
            if any(each.place == handling.place for each in removed(kind.node, kind.module)):
                return True
    return False


def cleans(node: ast.expr, handling: Handling) -> bool:
    """Tell whether an argument is a function, or a method of the registry, that takes out."""
    module = handling.module
    if not isinstance(node, ast.Name | ast.Attribute):
        return False
    if isinstance(node, ast.Attribute) and node.attr in REMOVES:
        found = place_of(node.value, module)
        return found is not None and found[0] == handling.place
    kind = inference(module).kind(node, module)
    if not isinstance(kind, Function):
        return False
    return any(one.place == handling.place for one in removed(kind.node, kind.module))


def is_cleaned_by_callers(handling: Handling) -> bool:
    """Tell whether an endpoint that calls this function takes the connection out itself.

    Or what the function depends on does, once its `yield` goes on.
    """
    module = handling.module
    for needed in of_parameters(Function(module, handling.function)):
        known = removed(needed.function.node, needed.function.module)
        if any(one.place == handling.place for one in known):
            return True
    for file in {module, *files_around(module).near(module)}:
        for call, _, _ in called(file).get(handling.function, ()):
            around = {*file.ancestors(call)} - {handling.function}
            for one in endpoints(file):
                outer = Handling(one.function, file, handling.place)
                if one.function in around:
                    if leave(file.statement_of(call), ERROR, outer) != ESCAPES:
                        return True
    return False


class Leak(NamedTuple):
    """A clean-up that some ways out of a handler pass by.

    `removal` is what should be in a `finally`, `handler` the `except` clause in which it stands. If
    the removal is in a helper that serves the connection, it is the call of that.
    """

    handling: Handling
    use: Use
    removal: ast.AST
    handler: ast.ExceptHandler | None
    ways: dict[str, str]


def leaks(module: Module) -> list[Leak]:
    """Find the clean-ups of a file that only some ways out pass, one for each function."""
    if "leaks" not in module.notes:
        module.notes["leaks"] = list(found_leaks(module))
    found: list[Leak] = module.notes["leaks"]
    return found


def found_leaks(module: Module) -> Iterator[Leak]:
    """Judge the functions one after the other; the worst of each counts."""
    worst: dict[FunctionNode, Leak] = {}
    for handling in handlings(module):
        for use, ways in outcomes(handling):
            is_found = is_leak(ways) or is_narrow(use, ways, handling)
            if not is_found or is_handed_on(handling) or is_wrapped(handling):
                continue
            known = worst.get(handling.function)
            if known is None or (known.ways[ERROR] == COVERED and ways[ERROR] != COVERED):
                removal, handler = place_to_mend(use, handling)
                if handler or not is_before_finally(use, handling):
                    worst[handling.function] = Leak(handling, use, removal, handler, ways)
    yield from (one for one in worst.values() if not is_cleaned_by_callers(one.handling))


def wording(leak: Leak) -> str:
    """Name what cleans up, for a message that goes on with when it does not."""
    name = ast.unparse(leak.removal).partition("\n")[0]
    is_helper = leak.removal is leak.use.call
    return f"`{name}` cleans up only" if is_helper else f"`{name}` is reached only"


def is_leak(ways: dict[str, str]) -> bool:
    """Tell whether the clean-up is passed by some ways out, and not by that of a client."""
    open_ends = {ESCAPES, RETURNS}
    if ways[DISCONNECT] != COVERED or UNKNOWN in ways.values():
        return False
    return ways[ERROR] in open_ends or (ways[ERROR] == COVERED and ways[CANCEL] in open_ends)


def is_narrow(use: Use, ways: dict[str, str], handling: Handling) -> bool:
    """Tell whether the only clean-up stands under an exception that a client's end may not be."""
    if not {ways[DISCONNECT], ways[ERROR]} <= {ESCAPES, RETURNS}:
        return False
    return place_to_mend(use, handling)[1] is not None


def is_before_finally(use: Use, handling: Handling) -> bool:
    """Tell whether a `try` comes later whose `finally` cleans up: what is left out is before it."""
    module = handling.module
    for parent in [use.call, *module.ancestors(use.call)]:
        if parent is handling.function:
            return False
        block = module.block_of(parent) if isinstance(parent, ast.stmt) else []
        for one in block[block.index(parent) + 1 :] if parent in block else ():
            if isinstance(one, Tries) and any(map(handling.removes, one.finalbody)):
                return True
    return False


def place_to_mend(use: Use, handling: Handling) -> tuple[ast.AST, ast.ExceptHandler | None]:
    """Find the clean-up that a way out reaches: in a handler around, or else behind."""
    module = handling.module
    below = use.call
    for parent in module.ancestors(use.call):
        # What a handler itself does is not caught by those of its `try`.
        is_caught = isinstance(parent, Tries) and below in parent.body
        for handler in parent.handlers if is_caught else ():  # type: ignore[attr-defined]
            if found := handling.first_removal(handler.body):
                return found, handler
        if parent is handling.function:
            break
        below = parent
    found = handling.first_removal(handling.function.body, after=use.call)
    return found or use.call, None
