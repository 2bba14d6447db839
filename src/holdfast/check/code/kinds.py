"""What an expression stands for, as far as the project's text tells. None means: not known."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.code.scopes import Binding, Scopes


@dataclass(frozen=True, slots=True)
class Socket:
    """A server's WebSocket. One that is only named or used like one is not `certain`."""

    certain: bool = True


@dataclass(frozen=True, slots=True)
class Container:
    """Something that is iterated: list, set, dict (the item is its value), tuple, iterable..."""

    type: str
    item: Kind | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A tuple whose parts are known one by one."""

    items: tuple[Kind | None, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the project."""

    module: Module
    node: ast.ClassDef

    @property
    def name(self) -> str:
        return self.node.name


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the project."""

    of: Class


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the project; `owner` is its class, `bound` whether self is already given."""

    module: Module
    node: FunctionNode
    owner: Class | None = None
    bound: bool = False

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class File:
    """A module of the project."""

    module: Module


@dataclass(frozen=True, slots=True)
class Library:
    """Something of a package outside the project, under its full dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a call of something outside the project gave: `asyncio.Queue()`, or an object of it."""

    name: str


Kind = Socket | Container | Parts | Class | Instance | Function | File | Library | Made


class Classes(Protocol):
    """The attributes of the project's classes."""

    def find(self, of: Class, name: str, *, bound: bool) -> Kind | None:
        """Tell what an attribute of a class, or of an object of it, is."""

    def line(self, of: Class) -> Iterator[Class | Library]:
        """Give a class and its bases, the nearest first."""

    def assigns(self, of: Class, name: str) -> bool:
        """Tell whether a class itself gives an attribute a value or an annotation."""

    def values(self, of: Class, name: str) -> list[ast.AST]:
        """Give the values that a class itself gives an attribute."""

    def names(self, of: Class) -> list[str]:
        """Name the attributes that a class and its bases give a value."""


class Inference(Protocol):
    """Who says what expressions stand for."""

    classes: Classes

    def kind(self, node: ast.AST | None, module: Module) -> Kind | None:
        """Tell what an expression is."""

    def bound(
        self, name: str, scope: ast.AST, bindings: list[Binding], module: Module
    ) -> Kind | None:
        """Tell what a name is, by all that gives it a value in its scope."""

    def annotation(self, node: ast.AST, module: Module) -> Kind | None:
        """Tell what an annotation says of a value."""

    def meaning(self, kind: Kind | None) -> Kind | None:
        """Tell what an object of a type is."""

    def attribute(self, kind: Kind, name: str) -> Kind | None:
        """Tell what an attribute of something is."""

    def result(self, function: Function) -> Kind | None:
        """Tell what a function returns; a generator gives a container of type `yielded`."""

    def scopes(self, module: Module) -> Scopes:
        """Give the bindings of a file."""


class Files(Protocol):
    """The files of a project, for who asks about others than its own."""

    notes: dict[str, Any]

    def imported(self, module: Module, name: str) -> Kind | None:
        """Find what a full dotted name, as a module imports it, is within the project."""

    def module_named(self, module: Module, name: str) -> Module | None:
        """Find a module of the project by its name, as it is spelt in another one."""

    def open(self, path: Path) -> Module | None:
        """Read a file of the project; None for what is no Python."""

    def near(self, module: Module) -> list[Module]:
        """Give the files that may register endpoints and have to do with a file by imports."""

    def together(self, module: Module) -> set[Path]:
        """Give the files that have to do with a file by imports."""


def inference(module: Module) -> Inference:
    """Give who says what the expressions of a file stand for."""
    found: Inference = module.shared["inference"]
    return found


def files_around(module: Module) -> Files:
    """Give the files of the project that a file belongs to."""
    found: Files = module.shared["files"]
    return found
