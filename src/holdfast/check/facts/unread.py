"""Whether anybody reads from a connection while a loop runs; who does not cannot see its end."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator

from holdfast.check.code.imports import naming
from holdfast.check.code.kinds import (
    Container,
    Function,
    Library,
    Made,
    Socket,
    inference,
)
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, parameters, walk
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.handling import inside
from holdfast.check.facts.loops import is_endless, loops
from holdfast.check.facts.sockets import ITERATES, RECEIVES, operation
from holdfast.check.facts.visits import (
    Conversation,
    Visit,
    around,
    below,
    conversations,
    escapes,
    follow,
    surrounding,
)

READS = RECEIVES | ITERATES
# What else reads from something of which not more is known.
SAYS_READ = re.compile(r"_?(receive|recv)(_|$)|(next|read|get)_(message|frame|text)$")
MAY_READ = re.compile(r"receive|recv|iter_(text|json|bytes)|WebSocketEndpoint")
# Functions with such names do not go on reading when they have returned.
TRUSTED = re.compile(
    r"^_*(async_|safe_|try_)?(accept|add|auth|broadcast|check|close|connect|current|deny|disconnect"
    r"|emit|error|get|handshake|is_|join|leave|log|login|notify|publish|push|register|reject|remove"
    r"|require|send|subscribe|unregister|unsubscribe|validate|verify)",
    re.IGNORECASE,
)


def unread_loops(
    module: Module, wanted: Callable[[Loop, Module], bool] = is_endless, *, dropped: bool = False
) -> Iterator[tuple[Loop, Visit, Conversation]]:
    """Give the endless loops of a file during which nobody reads, each once.

    With `dropped`, those of tasks that nobody keeps as well: no reader can end one; and those of
    helpers that nobody calls, where nobody reads.
    """
    seen: set[Loop] = set()
    for conversation in [*conversations(module), *(lone_helpers(module) if dropped else ())]:
        for visit in conversation.visits:
            for loop in loops(visit.function) if visit.module is module else ():
                if loop not in seen and wanted(loop, module) and not yields(loop):
                    is_lost = dropped and is_dropped(visit) and not reads_below(loop, visit)
                    if is_lost or is_unread(loop, visit, conversation):
                        seen.add(loop)
                        yield loop, visit, conversation


def lone_helpers(module: Module) -> Iterator[Conversation]:
    """Follow the functions with a WebSocket that nobody calls, in a program that never reads."""
    functions = [one for one in module.tree.body if isinstance(one, ast.AsyncFunctionDef)]
    looping = [one for one in functions if not one.decorator_list and loops(one)]
    served = {one.root.function for one in conversations(module)}
    for function in looping:
        names = [one.arg for one, _ in parameters(function) if is_given_socket(one, module)]
        if len(names) == 1 and function not in served and is_lone(function, module):
            root, visits = follow(function, module)
            yield Conversation(root, visits, names[0])


def is_given_socket(parameter: ast.arg, module: Module) -> bool:
    """Tell whether a parameter is annotated as a WebSocket."""
    note = parameter.annotation
    return note is not None and isinstance(inference(module).annotation(note, module), Socket)


def is_lone(function: FunctionNode, module: Module) -> bool:
    """Tell whether a program never names a function again, and says nowhere that it reads."""
    if words(module)[function.name] > 1 or MAY_READ.search(module.text):
        return False
    again = re.compile(rf"\b{re.escape(function.name)}\b")
    return not any(naming(module, MAY_READ)) and not any(naming(module, again))


def words(module: Module) -> Counter[str]:
    """Count the words of a file."""
    if "words" not in module.notes:
        module.notes["words"] = Counter(re.findall(r"\w+", module.text))
    found: Counter[str] = module.notes["words"]
    return found


def yields(loop: Loop) -> bool:
    """Tell whether a loop is that of a generator: who iterates over it is to blame."""
    return any(isinstance(one, ast.Yield) for one in inside(loop.body))


def is_unread(loop: ast.AST, visit: Visit, conversation: Conversation) -> bool:
    """Tell whether nobody reads while a part of a function runs."""
    if reads_below(loop, visit) or (visit.concurrent and conversation.dispatched):
        return False
    if any(reading(one) for one in around(conversation)):
        return False
    for other in conversation.visits:
        if hands_away(other):
            return False
        apart = other is not visit and (other.concurrent or visit.concurrent)
        if reading(other) if apart else spawned_reads(other):
            return False
    return True


def reads_below(part: ast.AST, visit: Visit) -> bool:
    """Tell whether a part of a function reads, itself or in what it calls."""
    return any(reads_in(part, visit)) or any(reading(one) for one in below(visit, part))


def is_dropped(visit: Visit) -> bool:
    """Tell whether a function runs in a task of which nobody keeps a reference."""
    module_of = [(step.node, caller.module) for step, caller in visit.callers]
    return bool(module_of) and all(
        isinstance(made := module.parents.get(node), ast.Call)
        and isinstance(made.func, ast.Attribute | ast.Name)
        and ast.unparse(made.func).endswith(("create_task", "ensure_future"))
        and isinstance(module.parents.get(made), ast.Expr)
        for node, module in module_of
    )


def is_abstract(function: FunctionNode) -> bool:
    """Tell whether a method is there to be overridden, by what may read."""
    last = function.body[-1]
    if isinstance(last, ast.Raise) and last.exc is not None:
        return "NotImplemented" in ast.unparse(last.exc)
    return any("abstractmethod" in ast.unparse(one) for one in function.decorator_list)


def hands_away(visit: Visit) -> bool:
    """Tell whether something unknown, that a function calls or is, may read."""
    kept: dict[FunctionNode, bool] = visit.module.notes.setdefault("hands away", {})
    if visit.function not in kept:
        kept[visit.function] = is_abstract(visit.function) or any(
            not is_trusted(call) for call in escapes(visit)
        )
    return kept[visit.function]


def is_trusted(call: ast.Call) -> bool:
    """Tell whether something unknown, by its name, reads at most until it returns."""
    return bool(TRUSTED.match(last_name(call.func)))


def reading(visit: Visit) -> list[ast.Attribute]:
    """Give the places at which a function reads from a WebSocket, or from what may be one."""
    kept: dict[FunctionNode, list[ast.Attribute]] = visit.module.notes.setdefault("reading", {})
    if visit.function not in kept:
        nodes = (one for one in own_nodes(visit.function) if isinstance(one, ast.Attribute))
        kept[visit.function] = [one for one in nodes if is_read(one, visit.module)]
    return kept[visit.function]


def is_read(node: ast.Attribute, module: Module) -> bool:
    """Tell whether something names a way to read."""
    if not isinstance(node.ctx, ast.Load):
        return False
    if node.attr in READS:
        return True
    if not SAYS_READ.match(node.attr):
        return False
    infer = inference(module)
    if isinstance(infer.kind(node, module), Function):
        return False  # which is followed
    return not isinstance(infer.kind(node.value, module), Made | Library | Container)


def reads_in(part: ast.AST, visit: Visit) -> Iterator[ast.Attribute]:
    """Give the places of a part of a function at which it reads."""
    found = set(walk(part))
    yield from (one for one in reading(visit) if one in found)


def spawned_reads(visit: Visit) -> list[ast.Attribute]:
    """Give the places at which a function has something else read, beside it."""
    module = visit.module
    return [one for one in reading(visit) if is_beside(one, module)]


def is_beside(node: ast.Attribute, module: Module) -> bool:
    """Tell whether a way to read is handed on, or made a task of."""
    parent = module.parents.get(node)
    if not isinstance(parent, ast.Call) or parent.func is not node:
        return True
    return surrounding(parent, module) in {"task", "gathered"}


def sends_in(part: ast.AST, visit: Visit) -> Iterator[ast.Call]:
    """Give the calls in a part of a function that send, themselves or in what they call."""
    module = visit.module
    body = part.body if isinstance(part, Loop) else [part]
    for node in inside([one for one in body if isinstance(one, ast.stmt)]):
        if not isinstance(node, ast.Call):
            continue
        if operation(node, module) == "send" or any(sends(one) for one in below(visit, node)):
            yield node


def sends(visit: Visit) -> bool:
    """Tell whether a function sends."""
    nodes = own_nodes(visit.function)
    return any(operation(one, visit.module) == "send" for one in nodes)
