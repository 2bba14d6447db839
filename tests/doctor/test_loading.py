"""Apps that cannot be had, and what is said of them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.cli.loading import CannotLoad, load_app

PROGRAM = """
from fastapi import FastAPI
print("printed at import")
app = application = FastAPI()
settings = {}
class Thing: ...
def create_app():
    return FastAPI(title="made")
def broken():
    raise RuntimeError("no database")
def nothing():
    return None
async def bare(scope, receive, send): ...
"""
RAISES = """
def connect():
    raise ConnectionError("no database at db:5432")
connect()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    before, modules = list(sys.path), set(sys.modules)
    (tmp_path / "program_x.py").write_text(PROGRAM)
    (tmp_path / "raises_x.py").write_text(RAISES)
    (tmp_path / "exits_x.py").write_text("raise SystemExit('set SECRET_KEY')")
    (tmp_path / "syntax_x.py").write_text("def f(:\n")
    (tmp_path / "needs_x.py").write_text("import a_package_nobody_has")
    yield tmp_path
    sys.path[:] = before
    for name in set(sys.modules) - modules:
        if name.endswith("_x"):
            del sys.modules[name]


def test_it_is_found_and_what_it_prints_goes_to_standard_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = load_app("program_x:app", str(folder))
    assert type(app).__name__ == "FastAPI"
    assert load_app("program_x:create_app", str(folder), factory=True).title == "made"
    assert callable(load_app("program_x:bare", str(folder)))
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "printed at import\n")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("program_x", "'program_x' names no app: expected MODULE:ATTRIBUTE, as in main:app"),
        (":app", "expected MODULE:ATTRIBUTE"),
        ("program_x.py:app", "program_x.py is a file: write its module, as in program_x:app"),
        ("./src/main.py:app", "as in src.main:app"),
        ("gone_x:app", "there is no module 'gone_x' in"),
        ("program_x.sub:app", "there is no module"),
        ("program_x:api", "has no attribute 'api'; it has app and application"),
        ("program_x:app.api", "program_x has no attribute 'app.api'"),
        ("program_x:settings", "program_x:settings is a dict, and no ASGI app"),
        ("program_x:Thing", "is the class Thing, and no ASGI app"),
        (
            "program_x:create_app",
            "is a function without parameters: if it makes the app, --factory",
        ),
    ],
)
def test_what_is_wrong_with_the_name(folder: Path, name: str, sentence: str) -> None:
    with pytest.raises(CannotLoad) as caught:
        load_app(name, str(folder))
    assert sentence in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("raises_x:app", "raises_x cannot be imported:", "no database at db:5432"),
        ("exits_x:app", "exits_x cannot be imported:", "SystemExit: set SECRET_KEY"),
        ("syntax_x:app", "syntax_x cannot be imported:", "SyntaxError"),
        ("needs_x:app", "needs_x cannot be imported:", "No module named 'a_package_nobody_has'"),
    ],
)
def test_an_app_that_fails_shows_its_own_traceback(
    folder: Path, name: str, first: str, last: str
) -> None:
    with pytest.raises(CannotLoad) as caught:
        load_app(name, str(folder))
    lines = caught.value.message.splitlines()
    assert lines[0] == first
    assert last in lines[-1]
    assert "importlib" not in caught.value.message
    assert "loading.py" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("program_x:broken", "RuntimeError: no database"),
        ("program_x:nothing", "program_x:nothing() is a NoneType, and no ASGI app"),
        ("program_x:settings", "is a dict, and --factory needs a function to call"),
    ],
)
def test_a_factory_that_makes_none(folder: Path, name: str, sentence: str) -> None:
    with pytest.raises(CannotLoad) as caught:
        load_app(name, str(folder), factory=True)
    assert sentence in caught.value.message
