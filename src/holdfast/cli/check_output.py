"""What `holdfast check` writes, to a terminal or elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from holdfast.check.files.parallel import Checked

STYLES: dict[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "info": {"fg": "cyan", "bold": True},
    "bold": {"bold": True},
    "dim": {"fg": "blue"},
    "+": {"fg": "green"},
    "-": {"fg": "red"},
    "@": {"fg": "cyan"},
}


class CouldNotCheck(click.ClickException):
    """Nothing, or not all, was checked."""

    exit_code = 2


def progress(checked: Iterator[Checked], length: int) -> Iterator[Checked]:
    """Show how far it is."""
    with click.progressbar(checked, length, label="Checking", file=sys.stderr) as bar:
        yield from bar


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody looks at a stream, which may be closed."""
    return stream is not None and stream.isatty()


def use_colour(stream: TextIO | None, wanted: str = "auto") -> bool:
    """Tell whether a stream is shown in colour; the environment is asked where nothing is said."""
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def paint(text: str, style: str) -> str:
    """Colour a text."""
    return click.style(text, **STYLES.get(style, {}))


def echo(text: str, err: bool = False, colour: bool = False) -> None:
    """Write a text, in characters that the stream can take. Raises CouldNotCheck."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return  # the lowest click would write to it all the same
    encoding = getattr(stream, "encoding", None) or "utf-8"
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        click.echo(text, err=err, color=colour)
    except BrokenPipeError:
        raise  # nobody reads on, which is no failure
    except OSError as error:
        raise CouldNotCheck(f"the output cannot be written: {error.strerror}") from None


def write_raw(content: bytes) -> None:
    """Write bytes to the standard output. Raises CouldNotCheck."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CouldNotCheck(f"the output cannot be written: {error.strerror}") from None


def write(path: Path, text: str) -> None:
    """Write a file. Raises CouldNotCheck."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CouldNotCheck(f"{path} cannot be written: {error.strerror}") from None
