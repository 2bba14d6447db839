"""Files as they are on the disk: their encoding and line ends, and the text that rules see."""

from __future__ import annotations

import ast
import codecs
import io
import os
import re
import stat
import sys
import tempfile
import tokenize
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from holdfast.check.finding import Span

LINE_END = re.compile(r"\r\n|\r|\n")
LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# The longer marks first: that of UTF-32 begins with that of UTF-16.
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
TOO_DEEP = "it is nested too deeply"
LARGEST = 50_000_000  # bytes; nobody wrote more by hand


class Unreadable(Exception):
    """A file that cannot be looked at; says why."""


class NotPython(Exception):
    """A file that is no Python; says why, and where."""

    # A newer Python may take what this one does not.
    kind = f"Python {sys.version_info.major}.{sys.version_info.minor}"

    def __init__(self, message: str, span: Span, line: str = "", cell: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.line = line
        self.cell = cell


class NoNotebook(NotPython):
    """A file that is no notebook though its name says so."""

    kind = "a notebook"


class Source(ABC):
    """A file: the text that rules see, and the parts of which it was made.

    A Python file has one part, named None; a notebook has one for each code cell, named by its
    number. Parts keep the line ends of the file.
    """

    text: str
    parts: Mapping[int | None, str]
    faults: tuple[NotPython, ...] = ()  # the cells of a notebook that are left out

    @abstractmethod
    def place(self, row: int) -> tuple[int | None, int]:
        """Say which part a row of the text is from, and which row of that it is."""

    @abstractmethod
    def row(self, part: int | None, row: int) -> int:
        """Say which row of the text a row of a part is."""

    def is_verbatim(self, span: Span) -> bool:
        """Tell whether the text is there what the file has there."""
        return True

    @abstractmethod
    def changed(self, parts: Mapping[int | None, str]) -> Source:
        """Make the file anew with other texts for some parts. Raises ValueError for what cannot be.

        The result's text may be anything, no Python too.
        """

    @abstractmethod
    def content(self) -> bytes:
        """Give the whole file as bytes."""


class PythonFile(Source):
    """A file of Python, or a piece of it."""

    def __init__(self, text: str, encoding: str = "utf-8") -> None:
        self._raw = text
        self._encoding = encoding
        self.text = LINE_END.sub("\n", text) if "\r" in text else text
        self.parts = {None: text}

    def place(self, row: int) -> tuple[int | None, int]:
        """Rows are what they are."""
        return None, row

    def row(self, part: int | None, row: int) -> int:
        """Rows are what they are."""
        return row

    def changed(self, parts: Mapping[int | None, str]) -> PythonFile:
        """Make the file anew in the same encoding."""
        text = parts.get(None, self._raw)
        text.encode(self._encoding)
        return PythonFile(text, self._encoding)

    def content(self) -> bytes:
        """Encode the text as it was, with its byte order mark."""
        return self._raw.encode(self._encoding)


def read_bytes(path: Path) -> bytes:
    """Read a file. Raises Unreadable for what is no file, or too large."""
    try:
        # A pipe would keep us waiting for ever; os.O_NONBLOCK is not everywhere.
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise Unreadable("it is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("it is no regular file")
        if status.st_size > LARGEST:
            raise Unreadable(f"it has {status.st_size:,} bytes, the limit is {LARGEST:,}")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None
    except ValueError as error:  # a null byte in the name
        raise Unreadable(str(error)) from None


def decode(raw: bytes) -> tuple[str, str]:
    """Decode a file as Python does; gives its encoding, too. Raises Unreadable."""
    for mark, name in MARKS.items():
        if raw.startswith(mark):
            raise Unreadable(f"it is {name}, which Python does not read: save it as UTF-8")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return raw.decode(encoding), encoding
    except UnicodeDecodeError as error:
        raise Unreadable(_undecodable(raw, error)) from None
    except SyntaxError as error:
        try:
            raw.decode()
        except UnicodeDecodeError as fault:
            raise Unreadable(_undecodable(raw, fault)) from None
        if raw.startswith(codecs.BOM_UTF8):
            raise Unreadable("its byte order mark says UTF-8, its `coding` comment not") from None
        raise Unreadable(str(error.msg)) from None
    except (LookupError, ValueError) as error:  # such as `# coding: hex`, which decodes no text
        raise Unreadable(str(error)) from None


@contextmanager
def told(text: str) -> Iterator[None]:
    """Turn what parsing a text raises into NotPython and Unreadable."""
    try:
        yield
    except SyntaxError as error:
        raise not_python(error, text) from None
    except (RecursionError, MemoryError):
        raise Unreadable(TOO_DEEP) from None
    except ValueError as error:  # characters that no file can have, from an editor
        raise (null_byte(text) if "\0" in text else Unreadable(str(error))) from None


def check_syntax(text: str) -> None:
    """Raise NotPython or Unreadable for what is no Python."""
    with warnings.catch_warnings(), told(text):
        # A doubtful escape in somebody's string is not our subject.
        warnings.simplefilter("ignore")
        ast.parse(text)


def not_python(error: SyntaxError, text: str) -> NotPython:
    """Say what the parser says, with the line that it is about."""
    row, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    lines = text.split("\n")
    # Where something is missing at the end the parser names a line that is not there.
    row = min(row, len(lines))
    column = min(column, len(lines[row - 1]) + 1)
    return NotPython(error.msg, Span(row, column, row, column + 1), lines[row - 1])


def null_byte(text: str) -> NotPython:
    """Say where the first null byte is."""
    before = LINE_END.split(text[: text.index("\0")])
    row, column = len(before), len(before[-1]) + 1
    return NotPython("there is a null byte", Span(row, column, row, column + 1))


def split_lines(text: str) -> list[str]:
    """Split a text where Python ends lines, which is not where str.splitlines() does."""
    return LINES.findall(text)


def _undecodable(raw: bytes, error: UnicodeDecodeError) -> str:
    row = len(LINE_END.split(raw[: error.start].decode("latin-1")))
    byte = f"0x{raw[error.start]:02x}" if error.start < len(raw) else "the end"
    return (
        f"{byte} in line {row} is not {error.encoding}; "
        "a file in another encoding names it, as in `# coding: latin-1`"
    )


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that nobody sees half of it; it keeps its mode.

    Raises OSError.
    """
    # What a link points to is replaced, and not the link.
    target = Path(os.path.realpath(path))
    mode = stat.S_IMODE(target.stat().st_mode)
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "Permission denied", str(path))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
