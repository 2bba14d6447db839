"""Loops that nothing but the client's end, or an error, is to end; and what they wait for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee, methods_behind
from holdfast.check.code.kinds import (
    Container,
    Function,
    Kind,
    Library,
    Made,
    inference,
)
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, walk
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.deadlines import has_timeout, is_bounded
from holdfast.check.facts.handling import LEAVES, exits, inside
from holdfast.check.facts.sockets import is_socket, operation
from holdfast.check.finding import Span
from holdfast.check.flow.exceptions import caught_names

STATES = {"client_state", "application_state"}
SLEEPS = {"asyncio.sleep", "anyio.sleep", "trio.sleep"}
ENDLESS = {"itertools.count", "itertools.cycle"}
HUGE, FAR = 10**8, 64
USUAL = {1000, 1001}
FAULTS = re.compile(r"_(1002|1003|1007|1008|1009|1010|1011|1012|1013|1014)_")
# Methods that wait until somebody has something to say.
LISTENS = {"listen", "get_message", "xread", "xreadgroup", "blpop", "brpop", "getone",
           "wait_message"}  # fmt: skip
SOURCES = {"watchfiles.awatch", "broadcaster.Broadcast.subscribe"}
EVENTS = re.compile(r"event|cond|chang|signal|notif|updat|trigger|wake", re.IGNORECASE)
EVENT_TYPES = {"asyncio.Event", "asyncio.Condition", "anyio.Event", "asyncio.locks.Event"}


def loops(function: FunctionNode) -> list[Loop]:
    """Give the loops of a function, the outer ones first."""
    kept: list[Loop] | None = function.__dict__.get("loops")
    if kept is None:
        kept = [node for node in own_nodes(function) if isinstance(node, Loop)]
        function.loops = kept  # type: ignore[union-attr]
    return kept


def head(loop: Loop, module: Module) -> Span:
    """Give the place of a loop's first line: its keyword and condition, without its body."""
    begin, end = (
        module.span(loop),
        module.span(loop.test if isinstance(loop, ast.While) else loop.iter),
    )
    return Span(begin.row, begin.column, end.end_row, end.end_column)


def is_endless(loop: Loop, module: Module) -> bool:
    """Tell whether a loop ends by the client's end or an error, if at all."""
    return goes_round(loop, module) and not any(ways_out(loop, module))


def goes_round(loop: Loop, module: Module) -> bool:
    """Tell whether a loop's condition, or what it goes over, has no end of its own."""
    if isinstance(loop, ast.While):
        return all(holds(one, loop, module) for one in conditions(loop.test))
    return is_source(loop.iter, module)


def conditions(test: ast.expr) -> list[ast.expr]:
    """Take the conditions apart that have to hold together."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return test.values
    return [test]


def holds(test: ast.expr, loop: Loop, module: Module) -> bool:
    """Tell whether a condition holds until the client's end, or for ever."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Call) and last_name(test.func) == "isOpened":
        return True  # of a camera, or of a film: it stays so when there are no more pictures
    return reads_state(test, module) is not None or is_own_flag(test, loop, module)


def goes_on_by_itself(loop: Loop, module: Module) -> bool:
    """Tell whether a loop is endless, as good as that, or ends by a flag that others take back."""
    if any(ways_out(loop, module)):
        return False
    if isinstance(loop, ast.While):
        return all(
            holds(one, loop, module) or is_flag(one) or counts_for_ages(one)
            for one in conditions(loop.test)
        )
    return goes_round(loop, module)


def counts_for_ages(test: ast.expr) -> bool:
    """Tell whether a condition is `count < 10**9`: nobody waits for that."""
    match test:
        case ast.Compare(left=ast.Name(), ops=[ast.Lt() | ast.LtE()], comparators=[most]):
            return is_huge(most)
    return False


def is_huge(node: ast.expr) -> bool:
    """Tell whether a number is so large that no loop gets there: `10**9`, `sys.maxsize`."""
    match node:
        case ast.Constant(value=int(number)):
            return number >= HUGE
        case ast.BinOp(
            left=ast.Constant(value=int(base)), op=ast.Pow(), right=ast.Constant(value=int(power))
        ):
            return 1 < base <= HUGE and (power > FAR or base ** max(power, 0) >= HUGE)
    return ast.unparse(node) in {"sys.maxsize", "math.inf", "float('inf')"}


def is_flag(test: ast.expr) -> bool:
    """Tell whether a condition is a flag: `self.running`, `not stop.is_set()`."""
    inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test
    if isinstance(inner, ast.Call):
        is_set = isinstance(inner.func, ast.Attribute) and inner.func.attr == "is_set"
        return is_set and inner is not test
    return isinstance(inner, ast.Name | ast.Attribute)


def is_source(node: ast.expr, module: Module) -> bool:
    """Tell whether something iterated never comes to its end."""
    if isinstance(node, ast.Call):
        if module.qualify(node.func) in ENDLESS:
            return True
        found = callee(node, module)
        if found is not None:
            return is_endless_generator(found)
    return is_event_source(node, module)


def is_endless_generator(found: Function) -> bool:
    """Tell whether a generator of the project yields for ever."""
    kept: dict[FunctionNode, bool] = found.module.notes.setdefault("endless generators", {})
    if found.node not in kept:
        kept[found.node] = False  # one that goes over itself adds nothing
        yields = [one for one in own_nodes(found.node) if isinstance(one, ast.Yield)]
        around = [found.module.loop_of(one) for one in yields]
        kept[found.node] = any(one and is_endless(one, found.module) for one in around)
    return kept[found.node]


def is_event_source(node: ast.expr, module: Module) -> bool:
    """Tell whether something iterated gives what others publish: `pubsub.listen()`."""
    kind = inference(module).kind(node, module)
    name = kind.name if isinstance(kind, Made) else ""
    if name in SOURCES or name.startswith("aiokafka.AIOKafkaConsumer"):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "listen"
    return False


def reads_state(test: ast.expr, module: Module) -> ast.expr | None:
    """Find where a condition reads the state of a connection, itself or by a helper."""
    for node in walk(test):
        if isinstance(node, ast.Attribute) and node.attr in STATES:
            if is_socket(node.value, module):
                return node
        if isinstance(node, ast.Call | ast.Attribute):
            found = function_of(node, module)
            if found and returns_state(found):
                return node
    return None


def function_of(node: ast.Call | ast.Attribute, module: Module) -> Function | None:
    """Find the function that a call calls, or the property that an attribute is."""
    if isinstance(node, ast.Call):
        return callee(node, module)
    for found in methods_behind(node, module):
        if any(ast.unparse(each) == "property" for each in found.node.decorator_list):
            return found
    return None


def returns_state(found: Function) -> bool:
    """Tell whether a function does nothing but give the state of a connection."""
    nodes = list(own_nodes(found.node))
    if any(isinstance(one, ast.Await) for one in nodes):
        return False
    returned = (one.value for one in nodes if isinstance(one, ast.Return) and one.value)
    return any(
        isinstance(node, ast.Attribute) and node.attr in STATES
        for value in returned
        for node in walk(value)
    )


def is_own_flag(test: ast.expr, loop: Loop, module: Module) -> bool:
    """Tell whether a condition is a local flag that only handlers of the loop take back."""
    name = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test
    if not isinstance(name, ast.Name):
        return False
    scope, bindings = inference(module).scopes(module).lookup(name)
    if not isinstance(scope, FunctionNode) or any(one.how != "value" for one in bindings):
        return False
    if any(isinstance(one, ast.Nonlocal) and name.id in one.names for one in walk(scope)):
        return False
    values = [one.source for one in bindings]
    within = [one for one in values if loop in module.ancestors(one)]
    return all(isinstance(one, ast.Constant) for one in values) and all(
        is_of_the_end(one, loop, module) for one in within
    )


def ways_out(loop: Loop, module: Module) -> Iterator[ast.stmt]:
    """Give the statements that leave a loop for another reason than the client's end."""
    for node in exits(loop.body, loop, module):
        if not is_of_the_end(node, loop, module) and not is_failure(node, module):
            yield node


def is_failure(node: ast.stmt, module: Module) -> bool:
    """Tell whether a loop is left because something is amiss, and not because it is done.

    The client is told so by the code of the close before it, or a camera gives no picture.
    """
    block = module.block_of(node)
    for one in block[: block.index(node)] if node in block else ():
        call = getattr(getattr(one, "value", None), "value", None)
        if isinstance(call, ast.Call) and operation(call, module) == "close" and has_fault(call):
            return True
    parent = module.parents.get(node)
    return isinstance(parent, ast.If) and is_picture_missing(parent.test, module)


def has_fault(call: ast.Call) -> bool:
    """Tell whether a close says by its code that something is wrong: `close(code=4404)`."""
    codes = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "code")]
    match codes:
        case [ast.Constant(value=int(code))]:
            return code not in USUAL
        case [ast.Name() | ast.Attribute() as name]:
            return FAULTS.search(ast.unparse(name)) is not None
    return False


def is_picture_missing(test: ast.expr, module: Module) -> bool:
    """Tell whether a condition is `not ok` behind `ok, frame = camera.read()`, of a camera."""
    if not isinstance(test, ast.UnaryOp) or not isinstance(test.operand, ast.Name):
        return False
    _, bindings = inference(module).scopes(module).lookup(test.operand)
    for one in bindings:
        call = one.source
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            return False
        if call.func.attr != "read" or not is_camera(call.func.value, module):
            return False
    return bool(bindings)


def is_camera(node: ast.expr, module: Module) -> bool:
    """Tell whether something is a camera of this machine: `cv2.VideoCapture(0)`."""
    if not isinstance(node, ast.Name):
        return False
    _, bindings = inference(module).scopes(module).lookup(node)
    made = [one.source for one in bindings if one.how == "value"]
    return bool(made) and all(
        isinstance(one, ast.Call)
        and module.qualify(one.func) == "cv2.VideoCapture"
        and bool(one.args)
        and isinstance(one.args[0], ast.Constant)
        and isinstance(one.args[0].value, int)
        for one in made
    )


def is_of_the_end(node: ast.AST, loop: Loop, module: Module) -> bool:
    """Tell whether something in a loop is done only when the client is gone, or fails."""
    for parent in module.ancestors(node):
        if parent is loop:
            return False
        if isinstance(parent, ast.ExceptHandler) and is_for_the_end(parent, module):
            return True
        if isinstance(parent, ast.If) and reads_state(parent.test, module):
            return True
    return False


def is_for_the_end(handler: ast.ExceptHandler, module: Module) -> bool:
    """Tell whether a handler is for the client's end, or for one that takes nothing any more."""
    names = caught_names(handler, module)
    if names <= LEAVES:
        return True
    around = module.parents[handler]
    waits = (one for one in inside(getattr(around, "body", [])) if isinstance(one, ast.Await))
    return names <= LEAVES | {"TimeoutError"} and all(
        any(operation(call, module) == "send" for call in walk(one)) for one in waits
    )


def awaited_in(loop: Loop) -> Iterator[ast.AST]:
    """Give all places in a loop at which something is waited for."""
    for node in inside(loop.body):
        if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) or (
            isinstance(node, ast.comprehension) and node.is_async
        ):
            yield node


def is_sleep(node: ast.AST, module: Module) -> bool:
    """Tell whether an await only lets time pass."""
    if not isinstance(node, ast.Await) or not isinstance(node.value, ast.Call):
        return False
    return module.qualify(node.value.func) in SLEEPS


def is_wait(call: ast.AST, module: Module) -> bool:
    """Tell whether a call waits for what others put, set or publish."""
    if not isinstance(call, ast.Call):
        return False
    if found := callee(call, module):
        return waits(found) if found.is_async else gives_future(found)
    if not isinstance(call.func, ast.Attribute):
        return False
    name, base = call.func.attr, inference(module).kind(call.func.value, module)
    if name == "get":
        return not call.args and not call.keywords and not isinstance(base, Container)
    if name == "wait" or (name == "wait_for" and len(call.args) == 1):
        return is_event(call.func.value, base)
    return name in LISTENS and not isinstance(base, Container)


def waits(found: Function) -> bool:
    """Tell whether a function of the project hands on what it waits for, for however long."""
    module, nodes = found.module, list(own_nodes(found.node))
    waited = [one for one in nodes if isinstance(one, ast.Await) and not is_bounded(one, module)]
    return any(
        is_made_future(one.value, found.node, module)
        or (isinstance(one.value, ast.Call) and waits_itself(one.value, module))
        for one in waited
    )


def waits_itself(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is a wait with no end, with no helper in between."""
    if not isinstance(call.func, ast.Attribute) or has_timeout(call):
        return False
    return callee(call, module) is None and is_wait(call, module)


def gives_future(found: Function) -> bool:
    """Tell whether a function returns a future that it has made, for others to set."""
    returned = (one.value for one in own_nodes(found.node) if isinstance(one, ast.Return))
    return any(one and is_made_future(one, found.node, found.module) for one in returned)


def is_made_future(node: ast.expr, function: FunctionNode, module: Module) -> bool:
    """Tell whether a name is that of a future that a function has made itself."""
    if not isinstance(node, ast.Name):
        return False
    scope, bindings = inference(module).scopes(module).lookup(node)
    made = [one.source for one in bindings if one.how != "annotation"]
    return scope is function and bool(made) and all(makes_future(one) for one in made)


def makes_future(node: ast.AST) -> bool:
    """Tell whether an expression makes a future."""
    return isinstance(node, ast.Call) and last_name(node.func) in {"create_future", "Future"}


def is_event(node: ast.expr, base: Kind | None) -> bool:
    """Tell whether something is an event or a condition, by its type or else its name."""
    if isinstance(base, Made):
        return base.name in EVENT_TYPES
    if isinstance(base, Library | Function):
        return False
    return bool(EVENTS.search(last_name(node)))
