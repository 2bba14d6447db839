"""Which types JSON cannot say, and which of their fields a model or a dataclass leaves as they are.

What is not known for sure is taken for right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.kinds import (
    Class,
    Container,
    Instance,
    Kind,
    Library,
    Made,
    Parts,
    inference,
)
from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.facts.dependencies import meant

# Full names of what JSON cannot say.
OPAQUE = {
    "datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta", "uuid.UUID",
    "decimal.Decimal", "pathlib.Path", "pathlib.PurePath", "fractions.Fraction", "complex", "bytes",
    "bytearray", "set", "frozenset", "ipaddress.IPv4Address", "re.Pattern", "pydantic.HttpUrl",
    "pydantic.AnyUrl", "pydantic.AnyHttpUrl", "pydantic.SecretStr", "pydantic.UUID4",
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


def full_name(name: str) -> str:
    """Name the type that a call gives, `datetime.now().date()`, say; else give it back."""
    base, _, last = name.rpartition(".")
    if name not in GIVES and last in {"replace", "astimezone", "date", "time"}:
        of = full_name(base)
        if of == "datetime.datetime" and last in {"date", "time"}:
            return f"datetime.{last}"
        return of if of.startswith("datetime.") else name
    return GIVES.get(name, name)


def opaque(kind: Kind | None) -> str:
    """Tell whether an object of a kind is none that JSON can say."""
    match kind:
        case Made(name=name):
            full = full_name(name)
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


# -- fields ----------------------------------------------------------------------------------------


def left_fields(of: Class, *, deep: bool = True) -> dict[str, str]:
    """Give the fields that `model_dump()` or `asdict()` leaves as what JSON cannot say, and why.

    With `deep`, models and dataclasses within become dicts too.
    """
    kept: dict[tuple[ast.AST, bool], dict[str, str]] = of.module.notes.setdefault("left fields", {})
    key = (of.node, deep)
    if key not in kept:
        kept[key] = {}  # one that holds another of its kind
        line = [one for one in inference(of.module).classes.line(of) if isinstance(one, Class)]
        if not any(encodes_itself(one) for one in line):
            kept[key] = dict(pair for one in reversed(line) for pair in own_fields(one, deep=deep))
    return kept[key]


def own_fields(of: Class, *, deep: bool) -> Iterator[tuple[str, str]]:
    """Look at the fields that a class itself has; a field that is declared anew counts anew."""
    for one in of.node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            fault = (
                "" if is_kept_back(one, of.module) else field_fault(one.annotation, of, deep=deep)
            )
            yield one.target.id, fault


def field_fault(annotation: ast.expr, of: Class, *, deep: bool) -> str:
    """Tell what a field of a type is left as, if JSON cannot say that."""
    kind = inference(of.module).annotation(annotation, of.module)
    item = kind.item if isinstance(kind, Container) else None
    is_set = isinstance(kind, Container) and kind.type in {"set", "frozenset"}
    inner = kind if isinstance(kind, Instance) else item
    if deep and not is_set and isinstance(inner, Instance):
        if is_dataclass(inner.of) or (is_model(inner.of) and is_model(of)):
            return next((one for one in left_fields(inner.of).values() if one), "")
        if any("use_enum_values" in ast.unparse(one) for one in of.node.body):
            return ""
    return opaque(kind)


def is_kept_back(field: ast.AnnAssign, module: Module) -> bool:
    """Tell whether a field may be empty, is not dumped, or says itself how it is written."""
    annotation, _ = meant(field.annotation, module)
    text = f"{ast.unparse(annotation or field.annotation)} {ast.unparse(field)}"
    return any(one in text for one in ("Serializer", "exclude", "ClassVar", "None", "Optional"))


def encodes_itself(of: Class) -> bool:
    """Tell whether a class has a say in how it is dumped."""
    for one in of.node.body:
        if isinstance(one, FunctionNode):
            names = (of.module.qualify(getattr(each, "func", each)) for each in one.decorator_list)
            if one.name in {"model_dump", "dict"} or any("serializer" in name for name in names):
                return True
    return False
