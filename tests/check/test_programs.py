"""Every rule on its programs: the wrong ones are found where they say so, the look-alikes are not.

A program is a file, or a folder of files, below programs/<rule>/. A line that ends with `# here` is
where the rule is to find something. The programs in a rule's own text are tried just the same.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.check.code.project import Project
from holdfast.check.files.fixing import apply_edits
from holdfast.check.rules import RULES, Problem, Rule
from tests.support.programs import load_file

PROGRAMS = Path(__file__).parent / "programs"
HERE = re.compile(r"#\s*here\s*$")
BLOCK = re.compile(r"^(Wrong|Right):\n\n```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BY_NAME = {rule.name: rule for rule in RULES}
ENOUGH = 3

pytestmark = pytest.mark.newest


def programs() -> list[Path]:
    """Give all programs, files and folders, by rule and name."""
    return sorted(
        path
        for path in PROGRAMS.glob("*/*")
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    )


def mended() -> list[Path]:
    """Give the programs in which a rule with fixes finds something."""
    return [
        path
        for path in programs()
        if BY_NAME[path.parent.name].fixes and path.name.startswith("wrong")
    ]


def files(program: Path) -> list[Path]:
    """Give the files of a program."""
    return [program] if program.is_file() else sorted(program.rglob("*.py"))


def label(program: Path) -> str:
    return f"{program.parent.name}/{program.stem}"


def rows(rule: Rule, texts: dict[Path, str]) -> set[tuple[Path, int]]:
    """Give the file and row of each finding of a rule."""
    return {(path, row) for path, problem, row in problems(rule, texts)}


def problems(rule: Rule, texts: dict[Path, str]) -> Iterator[tuple[Path, Problem, int]]:
    """Let one rule look at files that belong together."""
    project = Project(texts)
    for path, text in texts.items():
        module = project.parse(text, path)
        for problem in rule.find(module):
            where = problem.where
            span = module.span(where) if isinstance(where, ast.AST) else where
            yield path, problem, span.row


def expected(texts: dict[Path, str]) -> set[tuple[Path, int]]:
    """Give the marked lines."""
    return {
        (path, row)
        for path, text in texts.items()
        for row, line in enumerate(text.split("\n"), 1)
        if HERE.search(line)
    }


@pytest.mark.parametrize("program", programs(), ids=label)
def test_rule_on_its_programs(program: Path) -> None:
    rule = BY_NAME[program.parent.name]
    texts = {path: path.read_text() for path in files(program)}
    marked = expected(texts)
    assert bool(marked) == program.name.startswith("wrong"), "mark wrong lines with `# here`"
    assert rows(rule, texts) == marked


@pytest.mark.parametrize("program", programs(), ids=label)
def test_program_imports(program: Path) -> None:
    main = program if program.is_file() else program / "main.py"
    if "# does not import" in main.read_text():
        return
    assert hasattr(load_file(main), "app")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_has_programs(rule: Rule) -> None:
    names = [path.name for path in (PROGRAMS / rule.name).glob("*")]
    assert len([one for one in names if one.startswith("wrong")]) >= ENOUGH
    assert len([one for one in names if one.startswith("right")]) >= ENOUGH


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_text_of_rule_is_true(rule: Rule, tmp_path: Path) -> None:
    blocks = BLOCK.findall(rule.explanation)
    assert {kind for kind, _ in blocks} == {"Wrong", "Right"}
    for kind, text in blocks:
        texts = {tmp_path / "program.py": text}
        if kind == "Wrong":
            assert rows(rule, texts), f"not found:\n{text}"
        else:
            found = [(one.code, rows(one, texts)) for one in RULES if rows(one, texts)]
            assert not found, f"{found} in:\n{text}"


@pytest.mark.parametrize("program", mended(), ids=label)
def test_fixes_mend_for_good(program: Path) -> None:
    rule = BY_NAME[program.parent.name]
    texts = {path: path.read_text() for path in files(program)}
    found = list(problems(rule, texts))
    for path, problem, _ in found:
        if problem.fix is None:
            continue
        mended = {**texts, path: apply_edits(texts[path], problem.fix.edits)}
        ast.parse(mended[path])
        after = list(problems(rule, mended))
        assert len(after) < len(found), f"still found in:\n{mended[path]}"
