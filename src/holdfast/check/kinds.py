"""What an expression stands for, as far as the project's text tells. None means: not known."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Union

from holdfast.check.module import FunctionNode, Module


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


Kind = Union[Socket, Container, Parts, Class, Instance, Function, File, Library, Made]
