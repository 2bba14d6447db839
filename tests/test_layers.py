"""Who may import whom: the rooms of docs/design.md, held by reading every import of every file.

Imports in functions and under TYPE_CHECKING count like any other, so that no cycle hides.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.newest

SOURCE = Path(__file__).parent.parent / "src"
PACKAGE = "holdfast"

CORE = {"errors", "wire", "sockets", "hub", "backplane", "server", "asgi"}
FACES = {"centrifuge", "observe", "console", "compat", "demo", "doctor", "cli"}
ROOMS = CORE | FACES | {"check", "testing"}

# Room -> what of the package it may import: a room, or one module of a room.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "wire": {"errors"},
    "sockets": set(),
    "backplane": {"errors"},
    "hub": {"errors", "backplane.port"},
    "server": {"errors", "wire", "sockets"},
    "asgi": {"errors", "sockets", "hub", "backplane"},
    "centrifuge": {"errors", "hub", "asgi"},
    "observe": {"errors", "hub", "backplane.port"},
    "console": {"errors", "observe"},
    "check": set(),
    "compat": {"asgi", "hub"},
    "doctor": {"errors", "asgi"},
    "demo": ROOMS - {"cli"},
    "cli": ROOMS - {"testing"},
    "testing": ROOMS - {"cli"},  # itself included
}

# The package itself only hands on names, so it may name every room a user's program starts from.
PUBLIC = {"errors", "hub", "backplane", "asgi"}

# Rooms of which users ask the public names only: `import holdfast` inside them would be a cycle.
FACADE_USERS = {"demo", "cli", "testing"}

# Room -> the only packages from outside that it may import, beside the standard library.
OUTSIDE: dict[str, set[str]] = {
    "errors": set(),
    "wire": {"websockets"},  # apply_mask alone, with a fallback of our own
    "sockets": set(),
    "check": set(),
    "doctor": set(),
}

# The parts that know no network.
SANS_IO = {
    "wire": {"asyncio", "socket", "selectors", "time"},
    "hub": {"socket", "selectors", "ssl"},
}


def files() -> list[Path]:
    return sorted((SOURCE / PACKAGE).rglob("*.py"))


def files_of(rooms: Collection[str]) -> list[Path]:
    return [path for path in files() if room_of(module_name(path)) in rooms]


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(path: Path) -> str:
    name = module_name(path)
    return name if path.name == "__init__.py" else name.rpartition(".")[0]


MODULES = {module_name(path) for path in files()}


def absolute(node: ast.ImportFrom, package: str) -> str:
    """Name the module an import statement starts from."""
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def from_import(node: ast.ImportFrom, package: str) -> Iterator[str]:
    base = absolute(node, package)
    for alias in node.names:
        whole = f"{base}.{alias.name}"
        yield whole if whole in MODULES else base


def lazily_named(tree: ast.Module) -> Iterator[str]:
    """Find the modules that a file names in strings, as `import_module` and lazy exports do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.partition(":")[0]
            if name in MODULES and name != PACKAGE:
                yield name


def imports_of(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from from_import(node, package)
    yield from lazily_named(tree)


@cache
def edges(path: Path) -> frozenset[str]:
    return frozenset(imports_of(ast.parse(path.read_text()), package_of(path)))


def room_of(module: str) -> str:
    """The first part below the package; empty for the package itself."""
    return module.partition(".")[2].partition(".")[0]


def may_import(module: str, imported: str) -> bool:
    """Decide about one import within the package."""
    room, inner = room_of(module), imported.removeprefix(PACKAGE).lstrip(".")
    if not inner:
        return room in FACADE_USERS
    allowed = PUBLIC if not room else ALLOWED[room] | {room}
    return inner.split(".")[0] in allowed or any(
        inner == one or inner.startswith(one + ".") for one in allowed
    )


def inside(module: str) -> bool:
    return module == PACKAGE or module.startswith(PACKAGE + ".")


def test_every_room_is_in_the_table() -> None:
    assert set(ALLOWED) == ROOMS
    unknown = {room_of(name) for name in MODULES} - ROOMS - {""}
    assert not unknown, f"give these rooms a line in the table: {sorted(unknown)}"


@pytest.mark.parametrize("path", files(), ids=module_name)
def test_imports_stay_within_the_table(path: Path) -> None:
    module = module_name(path)
    wrong = sorted(one for one in edges(path) if inside(one) and not may_import(module, one))
    assert not wrong, f"{module} may not import {wrong}"


@pytest.mark.parametrize("path", files_of(OUTSIDE), ids=module_name)
def test_some_rooms_stay_free_of_other_packages(path: Path) -> None:
    module = module_name(path)
    roots = {one.partition(".")[0] for one in edges(path) if not inside(one)}
    wrong = roots - set(sys.stdlib_module_names) - OUTSIDE[room_of(module)]
    assert not wrong, f"{module} may not import {sorted(wrong)}"


@pytest.mark.parametrize("path", files_of(SANS_IO), ids=module_name)
def test_sans_io_rooms_know_no_network(path: Path) -> None:
    module = module_name(path)
    roots = {one.partition(".")[0] for one in edges(path)}
    wrong = roots & SANS_IO[room_of(module)]
    assert not wrong, f"{module} may not import {sorted(wrong)}"


def test_server_and_asgi_never_import_each_other() -> None:
    assert "asgi" not in ALLOWED["server"]
    assert "server" not in ALLOWED["asgi"]


def test_both_ask_the_kernel_in_one_room() -> None:
    assert "sockets" in ALLOWED["server"] & ALLOWED["asgi"]


def test_only_demo_and_tests_import_testing() -> None:
    assert {room for room in ROOMS if "testing" in ALLOWED[room]} == {"demo", "testing"}


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return one cycle, or nothing."""
    done: set[str] = set()

    def walk(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph[name]):
            if cycle := walk(other, [*trail, name]):
                return cycle
        done.add(name)
        return []

    return next(filter(None, (walk(name, []) for name in sorted(graph))), [])


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        module_name(path): (edges(path) & MODULES) - {module_name(path), PACKAGE}
        for path in files()
    }
    assert not find_cycle(graph), " -> ".join(find_cycle(graph))


def test_the_cycle_finder_finds_a_cycle() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert find_cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


WRONG = [
    ("holdfast.hub.log", "from holdfast.asgi import link"),
    ("holdfast.hub.log", "def f():\n    from holdfast.asgi.link import AsgiLink"),
    ("holdfast.hub.log", "if TYPE_CHECKING:\n    import holdfast.asgi"),
    ("holdfast.hub.log", "from ..asgi import link"),
    ("holdfast.hub.log", "from holdfast.backplane import memory"),
    ("holdfast.hub.log", "from holdfast import Holdfast"),
    ("holdfast.asgi.app", "import holdfast.server"),
    ("holdfast.server.link", "from holdfast.asgi.link import AsgiLink"),
    ("holdfast.sockets.watch", "from holdfast.asgi.reach import Reach"),
    ("holdfast.check.files.run", "from holdfast.errors import HoldfastError"),
]
RIGHT = [
    ("holdfast.hub.log", "from .publication import Publication"),
    ("holdfast.hub.log", "from holdfast.backplane.port import Backplane"),
    ("holdfast.asgi.app", "from ..hub import hub"),
    ("holdfast.asgi.link", "from holdfast.sockets.watch import Watch"),
    ("holdfast.server.link", "from holdfast.sockets.watch import Watch"),
    ("holdfast.demo.app", "from holdfast import Holdfast"),
    ("holdfast.cli.check", "from holdfast.check import check_paths"),
]


def verdicts(module: str, code: str) -> list[bool]:
    package = module.rpartition(".")[0]
    found = imports_of(ast.parse(code), package)
    return [may_import(module, one) for one in found if inside(one)]


@pytest.mark.parametrize(("module", "code"), WRONG)
def test_a_wrong_import_is_found(module: str, code: str) -> None:
    assert False in verdicts(module, code)


@pytest.mark.parametrize(("module", "code"), RIGHT)
def test_a_right_import_passes(module: str, code: str) -> None:
    assert verdicts(module, code)
    assert False not in verdicts(module, code)
