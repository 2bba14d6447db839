"""The page's files: what they may load, what they weigh, and the demo's own source."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.support.http import request

DEMO = Path(__file__).parent.parent.parent / "src" / "holdfast" / "demo"
FIRST, BUILT = DEMO / "page", DEMO / "static"
SOURCES = sorted(path.name for path in DEMO.glob("*.py") if path.stem != "__init__")

# Names that browsers know; nothing is fetched from there.
NAMESPACES = {
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/2000/svg",
}


def files(folder: Path) -> list[Path]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert found, "the demo's page is not built: `make frontend` builds it"
    return found


@pytest.mark.servers
@pytest.mark.parametrize("folder", [FIRST, BUILT], ids=["first", "built"])
async def test_every_file_forbids_to_load_anything_from_elsewhere(port: int, folder: Path) -> None:
    paths = [path.relative_to(DEMO).as_posix() for path in files(folder)]
    names = [path.removeprefix("static/") for path in paths]
    for name in ["", *(name for name in names if name != "index.html")]:
        answer = await request("GET", port, f"/{name}")
        assert answer.status == 200, name
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.servers
async def test_only_what_has_a_hash_in_its_name_is_kept_by_browsers(stock: int) -> None:
    assert (await request("GET", stock, "/")).headers["cache-control"] == "no-cache"
    for path in files(BUILT / "assets"):
        assert re.search(r"-[\w-]{8}\.\w+$", path.name)
        answer = await request("GET", stock, f"/assets/{path.name}")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.body == path.read_bytes()
    first = await request("GET", stock, "/page/main.js")
    assert first.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("folder", [FIRST, BUILT], ids=["first", "built"])
def test_a_page_has_no_inline_script_or_style_and_no_foreign_address(folder: Path) -> None:
    html = (folder / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    for path in files(folder):
        addresses = re.findall(r"https?://[^\s\"'`)]+", path.read_text())
        assert set(addresses) <= NAMESPACES, path.name


@pytest.mark.parametrize(("kind", "limit"), [("js", 60), ("css", 8)])
def test_the_built_page_is_light(kind: str, limit: int) -> None:
    """In KB, compressed."""
    paths = [path for path in files(BUILT) if path.suffix == f".{kind}"]
    assert 0 < sum(len(gzip.compress(path.read_bytes())) for path in paths) / 1024 <= limit


def test_the_first_page_stays_small() -> None:
    """Plain files are read as they are: by people too."""
    for path in files(FIRST):
        assert len(path.read_text().splitlines()) <= 400, path.name


@pytest.mark.servers
async def test_the_demos_own_source_is_shown_as_text(stock: int) -> None:
    for name in SOURCES:
        answer = await request("GET", stock, f"/source/{name}")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.body == (DEMO / name).read_bytes()


@pytest.mark.servers
@pytest.mark.parametrize("name", ["__init__.py", "..%2Fcli%2Fdemo.py", "page", "x.py"])
async def test_nothing_else_is_shown(stock: int, name: str) -> None:
    assert (await request("GET", stock, f"/source/{name}")).status == 404


def test_the_page_links_only_what_is_shown() -> None:
    for path in files(BUILT):
        assert set(re.findall(r"source/(\w+\.py)", path.read_text())) <= set(SOURCES)
