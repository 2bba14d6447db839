"""Notebooks: the code cells of an .ipynb file, joined to one text that rules can look at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from holdfast.check.files.sources import (
    LINE_END,
    NoNotebook,
    NotPython,
    Source,
    Unreadable,
    check_syntax,
)
from holdfast.check.finding import Span

BETWEEN = re.compile(r"[ \t\r\n,:]*")
DECODER = json.JSONDecoder()
# Lines that IPython takes and Python does not: magics, commands of a shell, questions about names,
# calls without brackets.
MAGIC = re.compile(r"(?P<indent>[ \t]*)(?:[%!?/,;]|[\w.%]+\?{1,2}\s*$)")
ASSIGNED = re.compile(r"(?P<target>[ \t]*[^=%!]+=[ \t]*)[%!]")
CELL_MAGIC = re.compile(r"\s*%%(?P<name>\w+)")
# Magics of a whole cell that is Python all the same.
PYTHON_CELLS = {"capture", "debug", "prun", "pypy", "python", "python3", "time", "timeit"}


@dataclass(slots=True)
class Cell:
    """A code cell: its number among all cells from 1, its text, and where that is in the JSON."""

    number: int
    text: str
    start: int = 0
    end: int = 0
    as_list: bool = True


class Notebook(Source):
    """A notebook. Its parts are its code cells, by their number among all cells."""

    def __init__(self, raw: str, encoding: str = "utf-8") -> None:
        self._raw = raw
        self._encoding = encoding
        self._cells = read_cells(raw)
        self.parts = {cell.number: cell.text for cell in self._cells}
        faults = []
        lines: list[str] = []
        self._starts: list[tuple[int, int]] = []  # (row of the text, number of the cell)
        for cell in self._cells:
            try:
                python = as_python(cell.text)
            except NotPython as fault:
                faults.append(NotPython(fault.message, fault.span, fault.line, cell.number))
                python = []
            except Unreadable as fault:
                faults.append(NotPython(str(fault), Span(1, 1, 1, 1), "", cell.number))
                python = []
            self._starts.append((len(lines) + 1, cell.number))
            lines += python or [""]
        self.faults = tuple(faults)
        self.text = "\n".join(lines)

    def place(self, row: int) -> tuple[int | None, int]:
        """Say which cell a row is from, and which row of that it is."""
        found = [(start, number) for start, number in self._starts if start <= row]
        start, number = found[-1] if found else (1, None)
        return number, row - start + 1

    def row(self, part: int | None, row: int) -> int:
        """Say which row of the text a row of a cell is."""
        return next(start for start, number in self._starts if number == part) + row - 1

    def is_verbatim(self, span: Span) -> bool:
        """Tell whether these lines are in the cell as they are in the text."""
        part, row = self.place(span.row)
        count = span.end_row - span.row + 1
        mine = LINE_END.split(self.parts.get(part, ""))[row - 1 : row - 1 + count]
        return mine == self.text.split("\n")[span.row - 1 : span.end_row]

    def changed(self, parts: Mapping[int | None, str]) -> Notebook:
        """Write new texts into the JSON, of which all else stays as it is."""
        raw = self._raw
        for cell in reversed(self._cells):
            text = parts.get(cell.number, cell.text)
            if text != cell.text:
                written = self._written(cell, text)
                raw = raw[: cell.start] + written + raw[cell.end :]
        return Notebook(raw, self._encoding)

    def _written(self, cell: Cell, text: str) -> str:
        plain = not self._raw.isascii()
        if not cell.as_list:
            return json.dumps(text, ensure_ascii=not plain)
        before = self._raw[cell.start : cell.end]
        items = [json.dumps(one, ensure_ascii=not plain) for one in text.splitlines(keepends=True)]
        layout = re.match(r"\[(\s*)", before)
        opening = layout[1] if layout else ""
        closing = before[len(before[:-1].rstrip()) : -1]
        between = f",{opening}" if "\n" in opening else ", "
        return f"[{opening}{between.join(items)}{closing}]" if items else "[]"

    def content(self) -> bytes:
        """Encode the JSON as it was."""
        return self._raw.encode(self._encoding)


def read_cells(raw: str) -> list[Cell]:
    """Find the code cells of a notebook; none if its language is another one.

    Raises NotPython for what is no notebook.
    """
    try:
        notebook = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise no_notebook(f"no JSON: {error}") from None
    if not (isinstance(notebook, dict) and isinstance(notebook.get("cells"), list)):
        raise no_notebook("it has no list of cells")
    if language(notebook.get("metadata")) != "python":
        return []
    cells = enumerate(values(raw, places(raw, 0)["cells"].start), 1)
    return [cell for number, place in cells if (cell := read_cell(raw, place, number))]


def no_notebook(reason: str) -> NotPython:
    """Say why a file is no notebook."""
    return NoNotebook(reason, Span(1, 1, 1, 1))


def language(metadata: Any) -> str:
    """Say which language a notebook is in: Python, unless it says otherwise."""
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        said = metadata.get(part) if isinstance(metadata, dict) else None
        if isinstance(said, dict) and isinstance(said.get(key), str):
            return str(said[key]).lower().removeprefix("i")
    return "python"


def read_cell(raw: str, place: Place, number: int) -> Cell | None:
    """Read a cell; None for what has no code."""
    if not isinstance(place.value, dict) or place.value.get("cell_type") != "code":
        return None
    source = places(raw, place.start).get("source")
    lines: list[Any] = [source and source.value]
    if source and isinstance(source.value, list):
        lines = source.value
    if source is None or not all(isinstance(line, str) for line in lines):
        raise no_notebook(f"cell {number} has no text for a source")
    return Cell(number, "".join(lines), source.start, source.end, isinstance(source.value, list))


# -- where things are in the JSON, which is known to be right --------------------------------------


class Place(NamedTuple):
    """A value in the JSON, and where it stands."""

    value: Any
    start: int
    end: int


def places(raw: str, start: int) -> dict[str, Place]:
    """Find the members of an object."""
    found = list(values(raw, start))
    return {key.value: value for key, value in zip(found[::2], found[1::2], strict=True)}


def values(raw: str, start: int) -> Iterator[Place]:
    """Find the items of an array, or the keys and values of an object in turn."""
    at = BETWEEN.match(raw, start).end() + 1  # type: ignore[union-attr]
    while True:
        at = BETWEEN.match(raw, at).end()  # type: ignore[union-attr]
        if raw[at] in "]}":
            return
        value, end = DECODER.raw_decode(raw, at)
        yield Place(value, at, end)
        at = end


# -- cells that are not quite Python ---------------------------------------------------------------


def as_python(text: str) -> list[str]:
    """Give the lines of a cell with those made harmless that only IPython takes.

    Rows and columns of all the others stay what they are. Raises NotPython and Unreadable.
    """
    lines = LINE_END.split(text)
    if cell_magic := CELL_MAGIC.match(text):
        if cell_magic["name"] not in PYTHON_CELLS:
            return [""] * len(lines)
        lines[text[: cell_magic.start("name")].count("\n")] = ""
    # A line that begins with % may go on with a formula: so the parser says which do not.
    for _ in range(len(lines)):
        try:
            check_syntax("\n".join(lines))
            break
        except NotPython as fault:
            if not silence_magic(lines, fault.span.row):
                raise
    return lines


def silence_magic(lines: list[str], row: int) -> bool:
    """Make a line harmless; False if it is nothing that IPython takes."""
    line = lines[row - 1] if row <= len(lines) else ""
    if match := MAGIC.match(line):
        lines[row - 1] = f"{match['indent']}pass"
    elif match := ASSIGNED.match(line):
        lines[row - 1] = f"{match['target']}None"
    else:
        return False
    while line.endswith("\\") and row < len(lines):
        line, lines[row] = lines[row], ""
        row += 1
    return True
