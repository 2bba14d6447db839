"""A fix is the same whatever a file is indented with, and however its lines end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.check.code.project import Project
from holdfast.check.files.config import Settings
from holdfast.check.files.fixing import Fixer
from holdfast.check.files.run import examine
from holdfast.check.files.sources import PythonFile
from holdfast.check.rules import RULES, Rule
from tests.check.test_programs import BLOCK, BY_NAME
from tests.support.programs import PROGRAMS

pytestmark = pytest.mark.newest

PATH = Path("program.py")


def wrong(rule: Rule) -> str:
    """Give the wrong program of a rule's own text."""
    texts: dict[str, str] = dict(BLOCK.findall(rule.explanation))
    return texts["Wrong"]


def mended(text: str) -> str:
    """Apply all that can be fixed in a file."""
    project, source = Project(), PythonFile(text)
    fixer = Fixer(PATH, str(PATH), Settings(Path.cwd()), project, unsafe=True)
    fixed = fixer.mend(source, examine(source, PATH, str(PATH), project))
    assert not fixed.dropped
    return fixed.source.content().decode()


def indented(step: str) -> Callable[[str], str]:
    """Indent with something else than four spaces."""

    def change(text: str) -> str:
        return re.sub(
            "^(    )+", lambda match: step * (len(match[0]) // 4), text, flags=re.MULTILINE
        )

    return change


def with_crlf(text: str) -> str:
    """End lines as on Windows."""
    return text.replace("\n", "\r\n")


LAYOUTS: dict[str, Callable[[str], str]] = {
    "tabs": indented("\t"),
    "two spaces": indented("  "),
    "CRLF": with_crlf,
}
FIXABLE = [rule for rule in RULES if rule.fixes]


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.name)
def test_a_fix_fits_the_layout_of_its_file(rule: Rule) -> None:
    text = wrong(rule)
    plain = mended(text)
    for name, layout in LAYOUTS.items():
        assert mended(layout(text)) == layout(plain), name


def test_a_line_that_goes_on_is_shared() -> None:
    text = wrong(BY_NAME["unguarded-close"])
    row = next(line for line in text.split("\n") if "close()" in line)
    indent = row[: len(row) - len(row.lstrip())]
    assert mended(text.replace(row, f"{indent}x = 1; \\\n{row}")).count("x = 1; \\\n") == 1


@pytest.mark.parametrize("test", ["(True)", "( (1) )", "(\n        True\n    )"])
def test_a_test_in_brackets_goes_as_a_whole(test: str) -> None:
    # Where nothing handles the end, the loop is made another one.
    text = wrong(BY_NAME["sleep-keepalive"]).replace("except WebSocketDisconnect", "finally")
    assert "iter_text():\n" in mended(text)
    done = mended(text.replace("while True:", f"while {test}:"))
    assert ("iter_text():\n" in done) is ("\n" not in test)


def test_a_name_that_is_taken_is_not_imported() -> None:
    text = wrong(BY_NAME["unguarded-close"])
    assert "with suppress(" in mended(text)
    assert "with suppress(" not in mended(f"suppress = None\n{text}")
    assert "with suppress(" not in mended(f"from mine import suppress\n{text}")


@pytest.mark.parametrize("name", ["wrong_tutorial", "wrong_helper_method"])
def test_comments_are_kept(name: str) -> None:
    text = (PROGRAMS / "unguarded-broadcast" / f"{name}.py").read_text()
    assert mended(text).count("# here") == text.count("# here")
