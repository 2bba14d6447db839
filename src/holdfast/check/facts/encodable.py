"""What can be sent: whether JSON can say a value, and which values are no text and no bytes.

Each question is answered by what is wrong with the value, in words, or by nothing. What is not
known for sure is taken for right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from holdfast.check.code.kinds import (
    Class,
    Container,
    Function,
    Instance,
    Kind,
    Library,
    Made,
    Parts,
    inference,
)
from holdfast.check.code.module import FunctionNode, Module, walk

# Full names of what JSON cannot say.
OPAQUE = {
    "datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta", "uuid.UUID",
    "decimal.Decimal", "pathlib.Path", "pathlib.PurePath", "fractions.Fraction", "complex", "bytes",
    "bytearray", "set", "frozenset", "ipaddress.IPv4Address", "re.Pattern",
}  # fmt: skip
# Calls that give one of those.
GIVES = {
    **dict.fromkeys(
        (
            "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
            "datetime.datetime.fromtimestamp", "datetime.datetime.strptime",
            "datetime.datetime.fromisoformat", "datetime.datetime.combine",
        ),
        "datetime.datetime",
    ),
    "datetime.date.today": "datetime.date",
    "datetime.date.fromisoformat": "datetime.date",
    **dict.fromkeys(("uuid.uuid1", "uuid.uuid3", "uuid.uuid4", "uuid.uuid5"), "uuid.UUID"),
}  # fmt: skip
ROWS = {"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.ext.declarative.declarative_base",
        "sqlalchemy.orm.declarative_base", "flask_sqlalchemy.SQLAlchemy.Model"}  # fmt: skip
MODELS = {"pydantic.BaseModel", "pydantic.main.BaseModel", "sqlmodel.SQLModel"}
PLAIN = {"str", "int", "float", "bool", "dict", "list", "tuple", "TypedDict", "NamedTuple",
         "IntEnum", "StrEnum", "IntFlag", "UserDict"}  # fmt: skip
BUILTINS = {"len": "int", "int": "int", "float": "float", "bool": "bool", "dict": "dict",
            "list": "list", "tuple": "tuple", "sorted": "list", "sum": "int", "bytes": "bytes",
            "bytearray": "bytearray", "set": "set", "frozenset": "frozenset", "str": "str",
            "repr": "str", "abs": "int", "round": "int"}  # fmt: skip
NO_NUMBERS = {"math.nan", "math.inf", "numpy.nan", "numpy.inf"}
VIEWS = {"keys", "values", "items"}
DUMPS = {"model_dump", "dict"}
DEPTH = 6


def json_fault(node: ast.expr, module: Module, depth: int = DEPTH) -> str:
    """Tell what in a value JSON cannot say."""
    if not depth:
        return ""
    match node:
        case ast.Set() | ast.SetComp():
            return "a set"
        case ast.GeneratorExp():
            return "a generator"
        case ast.Constant():
            return "bytes" if isinstance(node.value, bytes) else ""
        case ast.Dict() | ast.List() | ast.Tuple() | ast.ListComp() | ast.DictComp():
            return first(held(node), module, depth)
        case ast.Name():
            value = only_value(node, module)
            if value is not None and not is_changed(node, module):
                return json_fault(value, module, depth - 1)
            if is_exception(node, module):
                return "an exception"
            return opaque(kind_of(node, module)) if value is None else ""
        case ast.Call():
            return of_call(node, module)
        case ast.Attribute():
            return of_member(node, module) or opaque(kind_of(node, module))
        case ast.Subscript() | ast.Await():
            return opaque(kind_of(node, module))
    return ""


def of_member(node: ast.Attribute, module: Module) -> str:
    """Tell whether an attribute is a member of an Enum that is nothing else, or no number."""
    if module.qualify(node) in NO_NUMBERS:
        return "NaN or infinity, which no browser can read"
    kind = inference(module).kind(node.value, module)
    if not isinstance(kind, Class) or not inference(module).classes.assigns(kind, node.attr):
        return ""
    bases = {kind.module.qualify(base).rpartition(".")[2] for base in kind.node.bases}
    return f"a `{kind.name}`" if bases == {"Enum"} else ""


def held(node: ast.expr) -> list[ast.expr]:
    """Give the values in a literal or a comprehension."""
    match node:
        case ast.Dict() as literal:
            return literal.values
        case ast.List() | ast.Tuple():
            return node.elts
        case ast.ListComp():
            return [node.elt]
        case ast.DictComp():
            return [node.value]
    return []


def first(nodes: Iterable[ast.expr], module: Module, depth: int) -> str:
    """Give the first fault of several values."""
    return next((found for one in nodes if (found := json_fault(one, module, depth - 1))), "")


def of_call(call: ast.Call, module: Module) -> str:
    """Tell what a call gives that JSON cannot say."""
    if module.qualify(call.func) == "float" and call.args:
        value = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
        if str(value).lower().lstrip("+-") in {"nan", "inf", "infinity"}:
            return "NaN or infinity, which no browser can read"
    if isinstance(call.func, ast.Attribute) and call.func.attr in VIEWS and not call.args:
        if type_of(call.func.value, module) == "dict":
            return f"what `{call.func.attr}()` gives"
    if isinstance(call.func, ast.Attribute) and call.func.attr == "encode":
        return "bytes" if type_of(call.func.value, module) == "str" else ""
    if isinstance(call.func, ast.Attribute) and call.func.attr in DUMPS:
        if fault := of_dump(call, module):
            return fault
    return opaque(kind_of(call, module))


def of_dump(call: ast.Call, module: Module) -> str:
    """Tell whether `model.model_dump()` leaves something of the model as it is."""
    assert isinstance(call.func, ast.Attribute)
    kind = kind_of(call.func.value, module)
    if not isinstance(kind, Instance) or not is_model(kind.of) or call.keywords or call.args:
        return ""
    infer = inference(kind.of.module)
    for one in kind.of.node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            if fault := opaque(infer.annotation(one.annotation, kind.of.module)):
                return f"{fault} (`{one.target.id}`)"
    return ""


def opaque(kind: Kind | None) -> str:
    """Tell whether an object of a kind is none that JSON can say."""
    match kind:
        case Made(name=name):
            full = GIVES.get(name, name)
            return f"a {full.rpartition('.')[2]}" if full in OPAQUE else ""
        case Container(type="set" | "frozenset"):
            return "a set"
        case Container(item=item) if item is not None:
            return opaque(item)
        case Parts(items=items):
            return next((found for one in items if (found := opaque(one))), "")
        case Instance(of=of):
            return of_class(of)
    return ""


def of_class(of: Class) -> str:
    """Tell whether an object of a class of the project is none that JSON can say."""
    line = list(inference(of.module).classes.line(of))
    if (
        is_model(of)
        or is_dataclass(of)
        or any(isinstance(o, Library) and o.name in ROWS for o in line)
    ):
        return f"a `{of.name}`"
    bases = [base for one in line if isinstance(one, Class) for base in one.node.bases]
    names = {one.module.qualify(base) for one in line if isinstance(one, Class) for base in bases}
    last = {name.rpartition(".")[2] for name in names}
    known = all(isinstance(one, Class) for one in line) or last <= {"Enum", "object", "ABC"}
    return f"a `{of.name}`" if known and last.isdisjoint(PLAIN) else ""


def is_model(of: Class) -> bool:
    """Tell whether a class is derived from pydantic's BaseModel."""
    line = inference(of.module).classes.line(of)
    return any(isinstance(one, Library) and one.name in MODELS for one in line)


def is_dataclass(of: Class) -> bool:
    """Tell whether a class is a dataclass."""
    for one in of.node.decorator_list:
        call = one.func if isinstance(one, ast.Call) else one
        if of.module.qualify(call) in {"dataclasses.dataclass", "attrs.define", "attr.s"}:
            return True
    return False


def text_fault(node: ast.expr, module: Module) -> str:
    """Tell what a value is, if it is no text."""
    name = type_of(node, module)
    return "" if name in {"", "str"} else name


def bytes_fault(node: ast.expr, module: Module) -> str:
    """Tell what a value is, if it is no bytes."""
    name = type_of(node, module)
    return "" if name in {"", "bytes", "bytearray", "memoryview"} else name


def type_of(node: ast.expr, module: Module, depth: int = DEPTH) -> str:
    """Name the type of a value, if it is known for sure."""
    match node:
        case ast.Constant():
            return "None" if node.value is None else type(node.value).__name__
        case ast.JoinedStr():
            return "str"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Set() | ast.SetComp():
            return "set"
        case ast.Tuple():
            return "tuple"
        case ast.Name():
            value = only_value(node, module)
            if value is not None and depth:
                return type_of(value, module, depth - 1)
            if is_exception(node, module):
                return "an exception"
            return type_name(kind_of(node, module))
        case ast.Call():
            return type_of_call(node, module)
        case ast.Await():
            return type_name(kind_of(node, module))
    return ""


def type_of_call(call: ast.Call, module: Module) -> str:
    """Name the type of what a call gives."""
    if isinstance(call.func, ast.Name) and call.func.id in BUILTINS:
        _, bindings = inference(module).scopes(module).lookup(call.func)
        return "" if bindings else BUILTINS[call.func.id]
    if module.qualify(call.func) == "json.dumps":
        return "str"
    if isinstance(call.func, ast.Attribute):
        owner = kind_of(call.func.value, module)
        if isinstance(owner, Instance) and is_model(owner.of):
            return {"model_dump": "dict", "dict": "dict", "model_dump_json": "str"}.get(
                call.func.attr, ""
            )
    if module.qualify(call.func) == "dataclasses.asdict":
        return "dict"
    return type_name(kind_of(call, module))


def type_name(kind: Kind | None) -> str:
    """Name the type of a kind, where every object of it is one."""
    match kind:
        case Made(name="str" | "dict" | "int" | "float" | "bool" | "bytes" | "list" as name):
            return name
        case Made(name="WebSocket.receive_text"):
            return "str"
        case Made(name="WebSocket.receive_bytes"):
            return "bytes"
        case Made(name=name) if GIVES.get(name, name) in OPAQUE:
            return GIVES.get(name, name).rpartition(".")[2]
        case Container(type="dict" | "list" | "set" | "frozenset" | "tuple" as name):
            return name
        case Instance(of=of):
            return f"`{of.name}`" if of_class(of) else ""
    return ""


def kind_of(node: ast.expr, module: Module) -> Kind | None:
    """Tell the kind of an expression, unless what it is of is one of several."""
    if isinstance(node, ast.Name) and not is_single(node, module):
        return None
    if isinstance(node, ast.Attribute) and is_of_several(node, module):
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        called = inference(module).kind(node.func, module)
        if isinstance(called, Function) and not is_sure(called):
            return None
    return inference(module).kind(node, module)


def is_of_several(node: ast.Attribute, module: Module) -> bool:
    """Tell whether the class of an object leaves a choice of what an attribute is."""
    kind = inference(module).kind(node.value, module)
    if not isinstance(kind, Instance):
        return False
    for one in walk(kind.of.node):
        if isinstance(one, ast.AnnAssign) and is_union(one.annotation):
            target = one.target
            name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
            if name == node.attr:
                return True
    return False


def is_sure(function: Function) -> bool:
    """Tell whether all that a function returns is of one type: its annotation says so."""
    returns = function.node.returns
    return returns is not None and not is_union(returns)


def is_union(annotation: ast.expr) -> bool:
    """Tell whether an annotation leaves a choice."""
    text = ast.unparse(annotation)
    return "|" in text or "Union" in text or "Optional" in text or "Any" in text


def is_single(node: ast.Name, module: Module) -> bool:
    """Tell whether a name is given one value only: a parameter's of one type, or an assignment."""
    _, bindings = inference(module).scopes(module).lookup(node)
    if not bindings:
        return False
    if len(bindings) == 1 and bindings[0].how == "parameter":
        parameter = bindings[0].source
        annotation = parameter.annotation if isinstance(parameter, ast.arg) else None
        return annotation is not None and not is_union(annotation) and not narrowed(node, module)
    hows = [one.how for one in bindings]
    return hows in (["item"], ["context"]) or sorted(hows) in (["annotation", "value"], ["value"])


def is_exception(node: ast.Name, module: Module) -> bool:
    """Tell whether a name is what an `except ... as` gives it, and nothing else."""
    _, bindings = inference(module).scopes(module).lookup(node)
    return bool(bindings) and all(isinstance(one.source, ast.ExceptHandler) for one in bindings)


def is_changed(node: ast.Name, module: Module) -> bool:
    """Tell whether parts of what a name stands for are given another value."""
    function = module.function_of(node) or module.tree
    for one in walk(function):
        if isinstance(one, ast.Subscript) and not isinstance(one.ctx, ast.Load):
            if isinstance(one.value, ast.Name) and one.value.id == node.id:
                return True
        if isinstance(one, ast.Attribute) and one.attr in {"update", "pop", "clear", "remove"}:
            if isinstance(one.value, ast.Name) and one.value.id == node.id:
                return True
    return False


def narrowed(node: ast.Name, module: Module) -> bool:
    """Tell whether the program itself asks what a parameter is."""
    function = next((one for one in module.ancestors(node) if isinstance(one, FunctionNode)), None)
    calls = (one for one in walk(function) if isinstance(one, ast.Call)) if function else ()
    return any(
        isinstance(one.func, ast.Name)
        and one.func.id in {"isinstance", "hasattr", "type"}
        and any(isinstance(arg, ast.Name) and arg.id == node.id for arg in one.args)
        for one in calls
    )


def only_value(node: ast.Name, module: Module) -> ast.expr | None:
    """Give the expression that a name stands for, if there is but one."""
    _, bindings = inference(module).scopes(module).lookup(node)
    values = [one for one in bindings if one.how != "annotation"]
    if len(values) != 1 or values[0].how != "value" or values[0].path:
        return None
    value = values[0].source
    # What is put in afterwards is not in the literal, and what was an error may be taken out.
    return value if isinstance(value, ast.expr) and not isinstance(value, ast.Constant) else None
