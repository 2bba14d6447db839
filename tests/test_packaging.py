"""What is locked, what is promised, and what a wheel holds."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

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
    for requirement in PROJECT["project"]["dependencies"]:
        name, lowest = requirement.split(">=")
        assert f"\n{name}=={lowest} " in floor


def test_a_wheel_holds_the_types_the_licence_and_nothing_beside_the_package(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    result = subprocess.run(
        [*build, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "holdfast/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"holdfast"}
