"""Where what a client sent is read, parsed and taken apart: each place may raise.

A value is `raw` (a text or bytes as they came), `message` (what `receive()` gives), or `json` (read
from a raw one, and of whatever shape the client liked).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import arguments, callee
from holdfast.check.code.kinds import Function, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters, walk
from holdfast.check.code.scopes import Binding
from holdfast.check.code.spelling import is_name
from holdfast.check.facts.guards import Risk, is_caught
from holdfast.check.facts.receiving import receives_one
from holdfast.check.facts.sockets import is_spawned, operation

PARSERS = re.compile(
    r"(?:json|orjson|ujson|simplejson|rapidjson|msgpack|pickle|cbor2|toml|yaml)\."
    r"(?:loads|unpackb|unpack|load|safe_load|decode)|msgspec\.json\.decode|uuid\.UUID"
    r"|base64\.(?:b64decode|urlsafe_b64decode)|ast\.literal_eval"
)
READ_JSON = {"model_validate_json", "parse_raw", "validate_json", "from_json"}
READ_DICT = {"model_validate", "parse_obj", "validate_python", "from_dict"}
NUMBERS = {"int", "float"}
TELLS = {"isdigit", "isdecimal", "isnumeric", "keys"}
SAME = {"strip", "lstrip", "rstrip", "lower", "upper", "decode", "encode", "replace"}
WRAPS = {"wait_for", "shield"}
PARSE = frozenset({"ValueError", "JSONDecodeError", "UnicodeDecodeError", "DecodeError", "Error"})
VALIDATE = frozenset({"ValidationError", "ValueError", "TypeError", "PydanticUserError"})
TAKE = frozenset({"KeyError", "LookupError", "TypeError", "IndexError"})
PLAIN = {"staticmethod", "classmethod", "override", "typing.override"}
DEPTH = 3


class Payload:
    """What a function knows of its client's messages. `given` are parameters that hold one."""

    def __init__(self, function: FunctionNode, module: Module, given: dict[str, str]) -> None:
        self.function = function
        self.module = module
        self._given = given
        # What each name holds, from each place on where it is given something made of itself.
        self._known: dict[str, list[tuple[tuple[int, int], str]]] = {}

    def risks(self, block: ast.AST, depth: int = DEPTH) -> Iterator[Risk]:
        """Give the places in a part of the function, in the order of the text."""
        for node in own_nodes(block):
            if isinstance(node, ast.Call):
                if risk := self._of_call(node, depth):
                    yield risk
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                if self._takes(node, block):
                    yield Risk(node, "a message without that key, or that is no dict", TAKE)
            elif isinstance(node, ast.Assign) and self._unpacks(node, block):
                yield Risk(node.value, "a message with other parts", PARSE)

    def _of_call(self, call: ast.Call, depth: int) -> Risk | None:
        """Tell what a call risks."""
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in {"receive_json", "iter_json"} and operation(call, self.module):
            return Risk(call, "a message that is no JSON", PARSE)
        if self._parses(call):
            return Risk(call, "a message that is not what it expects", PARSE | VALIDATE)
        if self._validates(call):
            return Risk(call, "a message that does not fit", VALIDATE)
        return self._of_helper(call, depth - 1) if depth else None

    def _parses(self, call: ast.Call) -> bool:
        """Tell whether a call reads a raw message."""
        if not call.args or self.source(call.args[0]) != "raw":
            return False
        if isinstance(call.func, ast.Attribute) and call.func.attr in READ_JSON:
            return True
        name = self.module.qualify(call.func)
        if name in NUMBERS:
            return not self._is_tested(call.args[0])
        return PARSERS.fullmatch(name) is not None

    def _is_tested(self, node: ast.expr) -> bool:
        """Tell whether a text is looked at before it is taken for a number: `text.isdigit()`."""
        names = {one.id for one in walk(node) if isinstance(one, ast.Name)}
        return any(is_looked_at(name, self.function) for name in names)

    def _validates(self, call: ast.Call) -> bool:
        """Tell whether a call makes an object of a message: `Model(**message)`."""
        if isinstance(call.func, ast.Attribute) and call.func.attr in READ_DICT:
            return bool(call.args) and self.source(call.args[0]) == "json"
        spread = [one.value for one in call.keywords if one.arg is None]
        return any(self.source(one) == "json" for one in spread)

    def _takes(self, node: ast.Subscript, block: ast.AST) -> bool:
        """Tell whether a key is taken from a message that nobody has looked at."""
        if not isinstance(node.value, ast.Name) or not isinstance(node.slice, ast.Constant):
            return False
        return self.source(node.value) == "json" and not is_looked_at(node.value.id, block)

    def _unpacks(self, node: ast.Assign, block: ast.AST) -> bool:
        """Tell whether a text is taken apart into a fixed number: `x, y = text.split(",")`."""
        target, value = node.targets[0], node.value
        if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Call):
            return False
        if any(isinstance(one, ast.Starred) for one in target.elts):
            return False
        function = value.func
        if not isinstance(function, ast.Attribute) or function.attr not in {"split", "rsplit"}:
            return False
        return self.source(function.value) == "raw" and not self._is_tested(function.value)

    def _of_helper(self, call: ast.Call, depth: int) -> Risk | None:
        """Tell what a function risks with a message that it is given, or receives."""
        helper = callee(call, self.module)
        if helper is None or helper.node is self.function or is_spawned(call, self.module):
            return None  # what a task raises is the task's own
        if any(helper.module.qualify(one) not in PLAIN for one in helper.node.decorator_list):
            return None  # what stands around it may catch anything
        given = self._passed(call, helper)
        if not given and not receives(helper):
            return None
        inner = Payload(helper.node, helper.module, given)
        for risk in inner.risks(helper.node, depth):
            if helper.module.loop_of(risk.node) is None or given:
                if not is_caught(risk, helper.node, helper.module):
                    return self._moved(risk, call, helper)
        return None

    def _moved(self, risk: Risk, call: ast.Call, helper: Function) -> Risk:
        """Point at the call where the place itself is in another file."""
        if helper.module is self.module:
            return risk._replace(call=call)
        return Risk(call, f"{risk.what}, in `{helper.name}`", risk.errors)

    def _passed(self, call: ast.Call, helper: Function) -> dict[str, str]:
        """Name the parameters of a helper that are given a message."""
        given = arguments(call, helper)
        found = {name: self.source(value) for name, value in given.items()}
        return {name: what for name, what in found.items() if what}

    # -- what an expression is ------------------------------------------------------------------

    def source(self, node: ast.expr | None) -> str:
        """Tell what an expression holds: raw, message, json, or nothing that is known."""
        match node:
            case ast.Await() | ast.NamedExpr():
                return self.source(node.value)
            case ast.Name():
                return self._of_name(node)
            case ast.Call():
                return self._of_value(node)
            case ast.Subscript():
                return "raw" if self.source(node.value) == "message" else ""
            case ast.BoolOp():
                return self.source(node.values[0])
        return ""

    def _of_value(self, call: ast.Call) -> str:
        """Tell what a call gives."""
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        what = operation(call, self.module)
        if what == "receive":
            return "json" if name == "receive_json" else "raw"
        if what == "raw_receive":
            return "message"
        if (name or self.module.qualify(call.func)).rpartition(".")[2] in WRAPS and call.args:
            return self.source(call.args[0])
        if isinstance(call.func, ast.Attribute):
            before = self.source(call.func.value)
            if before == "raw" and name in SAME:
                return "raw"
            if before == "message" and name == "get":
                return "raw"
        if PARSERS.fullmatch(self.module.qualify(call.func)) and call.args:
            return "json" if self.source(call.args[0]) == "raw" else ""
        return ""

    def _of_name(self, node: ast.Name) -> str:
        """Tell what a name holds in a place, if all that gives it a value before agrees."""
        if node.id not in self._known:
            self._learn(node.id)
        known = self._known[node.id]
        here = (node.lineno, node.col_offset)
        before = (what for start, what in reversed(known) if start <= here)
        return next(before, known[-1][1] if known else "")

    def _learn(self, name: str) -> None:
        """Find what a name holds from each place on that gives it a value."""
        known = self._known[name] = []
        found = set()
        if name in self._given or any(one.arg == name for one, _ in parameters(self.function)):
            found.add(self._given.get(name, ""))
            known.append(((0, 0), self._given.get(name, "")))
        for one in self._bindings(name):
            if one.how in {"parameter", "annotation"} or is_nothing(one):
                continue
            if is_made_of_itself(name, one):
                found.clear()  # `data = json.loads(data)`: no more what it was
            found.add(self._bound(one))
            known.append((end_of(one.source), found.copy().pop() if len(found) == 1 else ""))

    def _bound(self, binding: Binding) -> str:
        """Tell what a binding gives its name."""
        if binding.path or not isinstance(binding.source, ast.expr):
            return ""
        if binding.how == "item" and isinstance(binding.source, ast.Call):
            return self._iterated(binding.source)
        return self.source(binding.source) if binding.how == "value" else ""

    def _bindings(self, name: str) -> list[Binding]:
        """Give what gives a name a value, in the order of the text."""
        scopes = inference(self.module).scopes(self.module)
        found = scopes.table(self.function).get(name, [])
        return sorted(found, key=lambda one: end_of(one.source))

    def _iterated(self, call: ast.Call) -> str:
        """Tell what a loop over a WebSocket gives."""
        if operation(call, self.module) != "iterate":
            return ""
        assert isinstance(call.func, ast.Attribute)
        return "json" if call.func.attr == "iter_json" else "raw"


def is_made_of_itself(name: str, binding: Binding) -> bool:
    """Tell whether a name is given something made of what it held: `data = json.loads(data)`."""
    if binding.how != "value" or binding.path or not isinstance(binding.source, ast.expr):
        return False
    return any(is_name(one, name) for one in walk(binding.source))


def is_nothing(binding: Binding) -> bool:
    """Tell whether a name is given None, as before a loop."""
    return isinstance(binding.source, ast.Constant) and binding.source.value is None


def end_of(node: ast.AST) -> tuple[int, int]:
    """Give where a node ends."""
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)


def is_looked_at(name: str, block: ast.AST) -> bool:
    """Tell whether a block asks what a message is before it takes something: `"x" in message`."""
    for node in walk(block):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            if is_name(node.comparators[0], name) or has_name(node.comparators[0], name):
                return True
        elif isinstance(node, ast.Match) and is_name(node.subject, name):
            return True
        elif isinstance(node, ast.If | ast.While | ast.Assert | ast.IfExp):
            calls = (one for one in walk(node.test) if isinstance(one, ast.Call))
            if any(is_asked(call, name) for call in calls):
                return True
    return False


def is_asked(call: ast.Call, name: str) -> bool:
    """Tell whether a call is given a name, or is of a method that tells what a text is."""
    if any(is_name(one, name) for one in call.args):
        return True
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in TELLS
        and (any(is_name(one, name) for one in walk(function.value)))
    )


def has_name(node: ast.AST, name: str) -> bool:
    """Tell whether an expression has this name in it, as `message.keys()` does."""
    return isinstance(node, ast.Call) and any(is_name(one, name) for one in walk(node))


def receives(helper: Function) -> bool:
    """Tell whether a function receives, by itself or by another method of its object."""
    if any(operation(one, helper.module) == "receive" for one in own_nodes(helper.node)):
        return True
    return receives_one(helper)


def encoding_of(node: ast.ClassDef) -> str:
    """Tell what a WebSocketEndpoint's `on_receive` is given."""
    for one in node.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            if any(is_name(target, "encoding") for target in one.targets):
                return "json" if one.value.value == "json" else "raw"
    return "raw"
