"""What a server logged: tracebacks, whose they are, and what asyncio says of lost tasks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

START = "Traceback (most recent call last):"
OURS = ("/src/holdfast/", "/tests/endurance/", "/starlette/", "/fastapi/")
LOST = (
    "never retrieved",
    "never awaited",
    "destroyed but it is pending",
    "ignores its cancellation",
    "on_disconnect of",
)
FRAME = re.compile(r'File "([^"]+)", line \d+, in (\S+)')
INSTALLED = re.compile(r".*/(site-packages|lib/python[\d.]+)/")
# "ValueError: text" and "asyncio.exceptions.CancelledError", also within an exception group.
LAST = re.compile(r"^(?:\s*\| )?([A-Za-z_][\w.]*(?::.*)?)$")


def tracebacks(text: str) -> Iterator[str]:
    """Each of them; an exception group, or a chain of causes, is one for each of its parts."""
    block: list[str] = []
    for line in text.splitlines():
        if START in line:
            if block:
                yield "\n".join(block)
            block = [line]
        elif block:
            block.append(line)
            if LAST.match(line):
                yield "\n".join(block)
                block = []
    if block:
        yield "\n".join(block)


def of_ours(text: str) -> list[str]:
    """The tracebacks that come from our code, or that it lets through; and what was lost."""
    found = [one for one in tracebacks(text) if any(part in one for part in OURS)]
    return found + [line for line in text.splitlines() if any(part in line for part in LOST)]


def of_server(text: str) -> Counter[str]:
    """The others, each by its exception and where that was raised."""
    others = (one for one in tracebacks(text) if not any(part in one for part in OURS))
    return Counter(map(summary, others))


def summary(traceback: str) -> str:
    """In a line: the kind of exception, and the function that raised it."""
    last = traceback.splitlines()[-1].strip(" |")
    frames = FRAME.findall(traceback)
    where = f"{INSTALLED.sub('', frames[-1][0])} {frames[-1][1]}" if frames else "?"
    return f"{last.partition(':')[0]} in {where}"
