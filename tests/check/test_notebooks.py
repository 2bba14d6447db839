"""Notebooks: their cells are checked together, and changed apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.check.files.notebooks import Notebook, as_python
from holdfast.check.files.sources import NotPython
from tests.check.commands import Command

pytestmark = pytest.mark.newest


def code(*lines: str, plain: bool = False) -> dict[str, Any]:
    text = "\n".join(lines)
    source = text if plain else text.splitlines(keepends=True)
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "é",
        "metadata": {},
        "outputs": [{"output_type": "stream", "text": ["wrong\n"]}],
        "source": source,
    }


MARKDOWN = {"cell_type": "markdown", "metadata": {}, "source": ["wrong\n"]}
CELLS = (
    MARKDOWN,
    code("%matplotlib inline", "import websocket", "wrong"),
    code("x = !ls", "wrong; odd  # noqa: WSK281", plain=True),
    code("wrong  # noqa"),
    code(),
)


def write(path: Path, *cells: Any, **more: Any) -> Path:
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    return path


@pytest.fixture
def notebook(folder: Path) -> Path:
    return write(folder / "x.ipynb", *CELLS)


def test_findings_are_in_their_cells(check: Command, notebook: Path) -> None:
    found = [(one["cell"], one["location"], one["noqa_row"]) for one in check.json()]
    assert found == [
        (2, {"column": 1, "row": 3}, 3),
        (3, {"column": 1, "row": 2}, 2),
    ]
    assert check("--output-format", "concise").out.startswith("x.ipynb:cell 2:3:1: WSK180 [*]")


@pytest.mark.parametrize("form", ["full", "github", "gitlab", "sarif", "junit"])
def test_every_format_takes_a_cell(check: Command, notebook: Path, form: str) -> None:
    result = check("--output-format", form)
    assert result.code == 1
    if form == "gitlab":  # rows of a cell are none of the file
        assert result.data[0]["location"]["positions"]["begin"] == {"line": 1, "column": 1}


@pytest.mark.parametrize("indent", [1, 2, None])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_fix_changes_its_cell_and_nothing_else(
    check: Command, notebook: Path, indent: int | None, ascii_only: bool
) -> None:
    data = {"metadata": {"b": 1, "a": [1.0, {}]}, "cells": CELLS, "nbformat": 4}
    before = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    notebook.write_text(before)
    check("--fix")
    after = before.replace('"wrong"', '"right"').replace("ls\\nwrong; odd", "ls\\nright; odd")
    assert notebook.read_text() == after


def test_a_fix_may_add_and_take_lines(notebook: Path) -> None:
    source = Notebook(notebook.read_text())
    changed = source.changed({2: "a\nb\nc\nd\n", 5: "x"})
    assert changed.parts == {2: "a\nb\nc\nd\n", 3: source.parts[3], 4: source.parts[4], 5: "x"}
    data = json.loads(changed.content())
    assert data["cells"][1]["source"] == ["a\n", "b\n", "c\n", "d\n"]
    assert data["cells"][4]["source"] == ["x"]


def test_diff_and_comments(check: Command, notebook: Path) -> None:
    assert "--- x.ipynb:cell 2\n+++ x.ipynb:cell 2\n@@ -1,3 +1,3 @@\n %matp" in check("--diff").out
    assert check("--add-noqa").err == "Added 2 noqa comments.\n"
    cells = json.loads(notebook.read_text())["cells"]
    assert cells[1]["source"][-1] == "wrong  # noqa: WSK180"
    assert cells[2]["source"].endswith("wrong; odd  # noqa: WSK180, WSK281")
    assert check().code == 0


def test_a_cell_that_is_no_python_is_found_and_the_others_are_checked(
    check: Command, notebook: Path
) -> None:
    write(notebook, code("def f(:", "wrong"), code("import websocket", "wrong"))
    found = [(one["code"], one["cell"], one["location"]["row"]) for one in check.json()]
    assert found == [("WSK001", 1, 1), ("WSK180", 2, 2)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[]", "no list of cells"),
        ("{}", "no list of cells"),
        ('{"cells": {}}', "no list of cells"),
        ('{"cells": [{"cell_type": "code"}]}', "cell 1 has no text"),
        ('{"cells": [{"cell_type": "code", "source": [1]}]}', "cell 1 has no text"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_notebook_is_a_finding(
    check: Command, notebook: Path, content: str, says: str
) -> None:
    notebook.write_text(content)
    (found,) = check.json()
    assert found["code"] == "WSK001"
    assert says in found["message"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"language_info": {"name": "R"}},
        {"kernelspec": {"language": "julia"}},
    ],
)
def test_another_language_is_left_alone(check: Command, notebook: Path, metadata: Any) -> None:
    write(notebook, code("import websocket", "wrong (:"), metadata=metadata)
    assert check.json() == []


@pytest.mark.parametrize("metadata", [{"language_info": {"name": "ipython"}}, {}, [], None])
def test_python_is_the_usual_one(check: Command, notebook: Path, metadata: Any) -> None:
    write(notebook, "no cell", code("import websocket", "wrong"), metadata=metadata)
    assert check.found() == ["WSK180"]


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("x = 1", "x = 1"),
        ("%load_ext a\nx", "pass\nx"),
        ("if x:\n  !ls {x} '\nx", "if x:\n  pass\nx"),
        ("x?\n?x\nx.y??\nx", "pass\npass\npass\nx"),
        ("/f x\n,f a b\n;f a\nx", "pass\npass\npass\nx"),
        ("a, b = !ls\nx = %timeit -o f()\nx", "a, b = None\nx = None\nx"),
        ("!pip install a \\\n  b\nx", "pass\n\nx"),
        ("%%time\nx", "\nx"),
        ("\n%%capture out\nx", "\n\nx"),
        ("%%bash\nls |\n", "\n\n"),
        ("await f()\nasync with a: ...", "await f()\nasync with a: ..."),
        ("x = (a\n% b)", "x = (a\n% b)"),
        ('x = """\n%a\n!b"""\n%c', 'x = """\n%a\n!b"""\npass'),
    ],
)
def test_what_only_ipython_takes_is_made_harmless(text: str, python: str) -> None:
    assert as_python(text) == python.split("\n")


@pytest.mark.parametrize("text", ["def f(:", "x = (", "%a\nx y"])
def test_what_nobody_takes_is_not(text: str) -> None:
    with pytest.raises(NotPython):
        as_python(text)


def test_a_notebook_may_come_from_the_standard_input(check: Command, notebook: Path) -> None:
    raw = notebook.read_bytes()
    found = check.json("-", "--stdin-filename", "y.ipynb", stdin=raw)
    assert [one["cell"] for one in found] == [2, 3]
    mended = check("--fix", "-", "--stdin-filename", "y.ipynb", stdin=raw).out
    assert json.loads(mended)["cells"][1]["source"][-1] == "right"
