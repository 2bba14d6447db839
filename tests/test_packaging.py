"""What is locked, what is promised, and what a wheel and a source distribution hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.newest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_names_no_index_and_hashes_everything(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
    packages = re.split(r"\n(?=\w)", text.strip())
    assert len(packages) > 10
    assert all(re.match(r"\S+==\S+ .*--hash=sha256:\w{64}", one, re.DOTALL) for one in packages)


def test_the_lowest_versions_that_we_promise_are_the_ones_that_are_tested() -> None:
    floor = (ROOT / "requirements" / "floor.txt").read_text()
    redis = PROJECT["project"]["optional-dependencies"]["redis"]
    for requirement in PROJECT["project"]["dependencies"] + redis:
        name, lowest = requirement.split(">=")
        assert f"\n{name.partition('[')[0]}=={lowest} " in floor


def test_the_lock_file_of_the_front_end_names_no_registry_and_hashes_everything() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    packages = [one for name, one in lock["packages"].items() if name]
    assert len(packages) > 10
    assert not any("resolved" in one for one in packages)
    assert all(one["integrity"].startswith("sha512-") for one in packages)
    for one in packages:  # or `npm ci` fails on the machines that need them
        wanted = {f"node_modules/{other}" for other in one.get("optionalDependencies", {})}
        assert wanted <= set(lock["packages"])
    own = json.loads((ROOT / "frontend" / "package.json").read_text())
    exact = re.compile(r"\d+\.\d+\.\d+")
    for version in (own["dependencies"] | own["devDependencies"]).values():
        assert exact.fullmatch(version), version


# -- what is shipped ---------------------------------------------------------------------------

ENTRY = "holdfast/demo/static/index.html"
RUN = "import sys; from holdfast.cli import main; main(['demo', '--port', '0'])"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The repository as it is after a commit: without what git ignores."""
    copy = tmp_path / "tree"
    ignored = shutil.ignore_patterns(
        ".*", "__pycache__", "node_modules", "static", "tests", "*.log"
    )
    shutil.copytree(ROOT, copy, ignore=ignored)
    shutil.copy(ROOT / ".gitignore", copy)
    return copy


def build(tree: Path, target: str) -> Path:
    """Build without isolation, which would need a network."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target]
    result = subprocess.run(
        command, cwd=tree, capture_output=True, text=True, timeout=50, check=False
    )
    assert result.returncode == 0, result.stderr
    (built,) = (tree / "dist").glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


def names_in(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def add_page(tree: Path) -> None:
    """What `make frontend` would do there."""
    page = ROOT / "src" / "holdfast" / "demo" / "static"
    assert page.exists(), "the demo's page is not built: `make frontend` builds it"
    shutil.copytree(page, tree / "src" / "holdfast" / "demo" / "static")


def test_a_wheel_holds_the_types_the_licence_and_nothing_beside_the_package(tree: Path) -> None:
    names = names_in(build(tree, "wheel"))
    assert "holdfast/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"holdfast"}


def test_the_page_and_its_sources_are_shipped_though_git_ignores_what_is_built(tree: Path) -> None:
    add_page(tree)
    (tree / "frontend" / "node_modules").mkdir()
    (tree / "frontend" / "node_modules" / "one.js").write_text("")
    with tarfile.open(build(tree, "sdist")) as sdist:
        sdist.extractall(tree / "unpacked", filter="data")
    (source,) = (tree / "unpacked").iterdir()
    assert (source / "frontend" / "src" / "main.tsx").exists()
    assert not (source / "frontend" / "node_modules").exists()
    html = (source / "src" / ENTRY).read_text()
    assets = {f"holdfast/demo/static/{one}" for one in re.findall(r"assets/[\w.-]+", html)}
    assert len(assets) >= 3
    for wheel in (build(tree, "wheel"), build(source, "wheel")):
        assert names_in(wheel) >= {ENTRY} | assets


@pytest.mark.servers
@pytest.mark.parametrize("built", [True, False])
def test_a_wheel_shows_its_page_and_without_one_the_first(tree: Path, built: bool) -> None:
    if built:
        add_page(tree)
    installed = tree / "installed"
    wheel = build(tree, "wheel")
    assert (ENTRY in names_in(wheel)) is built
    zipfile.ZipFile(wheel).extractall(installed)
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", RUN],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(installed)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        hint = "" if built else process.stdout.readline()
        with urllib.request.urlopen(found[0], timeout=20) as answer:
            html = answer.read().decode()
    finally:
        process.kill()
        process.communicate()
    assert ("make frontend" in html) is not built
    assert ("make frontend" in hint) is not built
