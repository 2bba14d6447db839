"""Every block of docs/testing.md is run; the test that it shows failing fails as it says."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parent.parent.parent / "docs" / "testing.md"
FILE = re.compile(r"^```python\n# (?P<name>\w+\.py)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
REPORT = re.compile(r"^```text\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    return {found["name"]: found.group(0)[len("```python\n") : -3] for found in FILE.finditer(TEXT)}


TEXT = PAGE.read_text()


def test_every_block_is_a_file() -> None:
    assert TEXT.count("```python") == len(files()) >= 6


def test_the_page_says_what_happens(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a reader has it: in a folder of its own, and a process of its own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name, code in files().items():
        (pytester.path / name).write_text(code)
    pytester.makeini(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
        "pythonpath = .\nfilterwarnings = error\n"
    )
    plugins = ("-p", "holdfast.testing.plugin", "-p", "pytest_asyncio.plugin")
    result = pytester.runpytest_subprocess(*plugins, "-p", "no:cacheprovider", "--durations=5")
    tests = sum(code.count("def test_") for code in files().values())
    result.assert_outcomes(passed=tests - 1, failed=1)
    found = REPORT.search(TEXT)
    assert found
    said = re.sub(r"Task-\d+", "*", found["text"]).replace("[", "[[]")
    result.stdout.fnmatch_lines(["*_ test_the_chat _*", *said.splitlines()])
