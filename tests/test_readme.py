"""Every Python block of README.md, and of the pages named below, runs.

A block that defines an app is served by a real uvicorn; any other one is executed. A block that
cannot be run says why, in an HTML comment just before it: `<!-- test: skip because ... -->`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.redis import RedisServer

ROOT = Path(__file__).parent.parent
PAGES = (
    *("README.md", "docs/guard.md", "docs/limits.md", "docs/run.md", "docs/deploy.md"),
    "docs/backplane.md",
)

FENCE = re.compile(r"^```python[^\n]*\n(?P<code>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--\s*test:\s*(?P<order>(?:(?!-->).)*?)\s*-->\s*\Z", re.DOTALL)
SKIP = re.compile(r"skip because (?P<reason>\S.{9,})", re.DOTALL)
APP = re.compile(r"^app\s*=\s*FastAPI\(", re.MULTILINE)

BROKER = "redis://localhost:6379"

# Starts and stops the real server once: the routes are built, the lifespan runs, a port is opened.
SERVE = """
import asyncio, uvicorn
server = uvicorn.Server(uvicorn.Config("readme_block:app", port=0, log_level="warning"))

async def main():
    serving = asyncio.create_task(server.serve())
    while not (server.started or serving.done()):
        await asyncio.sleep(0.01)  # polling: uvicorn announces its start in no other way
    server.should_exit = True
    await serving
    assert server.started

asyncio.run(main())
"""


class Block(NamedTuple):
    """One Python block: where it stands, what it says, and why it is not run if it is not."""

    line: int
    code: str
    order: str
    page: str = ""

    @property
    def reason(self) -> str | None:
        """Why it is skipped; None if it is run."""
        found = SKIP.fullmatch(self.order)
        return found["reason"] if found else None


def blocks_of(text: str, page: str = "") -> list[Block]:
    found = []
    for match in FENCE.finditer(text):
        comment = COMMENT.search(text[: match.start()])
        line = text.count("\n", 0, match.start()) + 2
        found.append(Block(line, match["code"], comment["order"] if comment else "", page))
    return found


def run(block: Block, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a block in a process of its own, as a user would."""
    # Empty lines in front make a traceback name the line of the page.
    (folder / "readme_block.py").write_text("\n" * (block.line - 1) + block.code)
    what = ["-c", SERVE] if APP.search(block.code) else ["readme_block.py"]
    return subprocess.run(
        [sys.executable, *what], cwd=folder, capture_output=True, text=True, timeout=50, check=False
    )


PAGES_THERE = [page for page in PAGES if (ROOT / page).exists()]
BLOCKS = [block for page in PAGES_THERE for block in blocks_of((ROOT / page).read_text(), page)]


def test_the_pages_show_code() -> None:
    assert {block.page for block in BLOCKS} >= {"README.md", "docs/guard.md"}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page} line {block.line}")
def test_a_block_of_a_page_runs(block: Block, tmp_path: Path) -> None:
    where = f"{block.page}, line {block.line}"
    assert not block.order or block.reason, f"{where}: say `skip because` and a reason"
    if block.reason:
        pytest.skip(block.reason)
    if BROKER not in block.code:
        result = run(block, tmp_path)
    else:  # a real one, but not on everybody's port
        with RedisServer() as broker:
            result = run(block._replace(code=block.code.replace(BROKER, broker.url)), tmp_path)
    assert result.returncode == 0, f"{where}:\n{result.stderr}"


SAMPLE = """
```python
print(1)
```

<!-- test: skip because it needs a broker that runs -->

```python
raise SystemExit(1)
```

<!-- test: skip -->
```python
x = 1
```
"""


def test_blocks_are_found_with_their_orders() -> None:
    plain, skipped, unreasoned = blocks_of(SAMPLE)
    assert plain == Block(3, "print(1)\n", "")
    assert skipped.reason == "it needs a broker that runs"
    assert unreasoned.order == "skip"
    assert unreasoned.reason is None


@pytest.mark.parametrize(
    ("code", "works"),
    [
        ("assert 1 + 1 == 2\n", True),
        ("import nowhere_to_be_found\n", False),
        ("from fastapi import FastAPI\napp = FastAPI()\n", True),
        ("from fastapi import FastAPI\napp = FastAPI()\nraise RuntimeError\n", False),
        ("app = FastAPI()\n", False),
    ],
)
def test_a_broken_block_fails(code: str, works: bool, tmp_path: Path) -> None:
    assert (run(Block(1, code, ""), tmp_path).returncode == 0) is works
