"""The cache: what it remembers, and when it forgets."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast import check as checker
from holdfast.check.code.project import stamp
from holdfast.check.files import cache, parallel
from holdfast.check.files.cache import Cache
from holdfast.check.files.run import Examined, Seen
from holdfast.check.finding import Edit, Finding, Fix, Span
from tests.check.commands import HEAD, Command

pytestmark = pytest.mark.newest

FOLDER = Path(".holdfast_cache")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The files that rules have looked at since it was last cleared."""
    names: list[str] = []
    before = parallel.check_file

    def noting(path: Path, *more: object) -> Examined:
        names.append(path.name)
        return before(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(parallel, "check_file", noting)
    return names


def write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.py").write_text(text)


def again(check: Command, looked: list[str], *arguments: str) -> list[str]:
    """Check once more, and give the files that were looked at."""
    looked.clear()
    check(*arguments)
    return looked


def test_what_did_not_change_is_not_looked_at(check: Command, looked: list[str]) -> None:
    write(a=f"{HEAD}wrong; odd  # noqa: WSK281\nnote\n", b="x = 1\n", c="def f(:\n")
    first = check("--output-format", "json")
    assert looked == ["a.py", "b.py", "c.py"]
    looked.clear()
    second = check("--output-format", "json")
    assert looked == []
    assert second == first
    assert second.codes == ["WSK180", "WSK282", "WSK001"]
    # Other rules, other views: all of it is known.
    assert check.found("--select", "WSK2") == ["WSK282", "WSK001"]
    assert check("--diff").out.count("+right") == 1
    assert check("--statistics").code == 1
    assert again(check, looked, "--select", "WSK1") == []


def test_what_changed_is_looked_at(check: Command, looked: list[str]) -> None:
    write(a=HEAD, b="x = 1\n", c=f"{HEAD}wrong\n")
    check()
    # A file of concern may depend on any other one, and the others on nothing.
    write(a=f"{HEAD}odd\n")
    assert again(check, looked) == ["a.py", "c.py"]
    write(b="x = 2\n")
    assert again(check, looked) == ["a.py", "b.py", "c.py"]
    write(d="x = 3\n")
    assert again(check, looked) == ["a.py", "c.py", "d.py"]
    assert again(check, looked) == []
    Path("a.py").rename("e.py")
    assert again(check, looked) == ["c.py", "e.py"]


def test_time_alone_changes_nothing(check: Command, looked: list[str]) -> None:
    write(a=f"{HEAD}wrong\n")
    check()
    os.utime("a.py", (1, 1))
    assert again(check, looked) == []


def test_another_checker_looks_itself(
    check: Command, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(a="x = 1\n")
    check()
    (before,) = FOLDER.glob("*.json")
    monkeypatch.setattr(cache, "checker_hash", lambda: "another")
    assert again(check, looked) == ["a.py"]
    assert [one.name for one in FOLDER.glob("*.json")] == ["another.json"]
    assert not before.exists()


def test_another_checker_is_one_in_which_any_file_has_changed() -> None:
    top = Path(checker.__file__ or "").parent
    assert set(cache.checker_files()) == set(top.rglob("*.py"))
    assert (top / "rules" / "missing_await.py") in cache.checker_files()


def test_a_fix_is_no_news_for_it(check: Command, looked: list[str]) -> None:
    write(a=f"{HEAD}wrong\nnote\n")
    check("--fix")
    assert check.found() == ["WSK282"]
    assert again(check, looked) == []


def test_its_folder_is_marked(check: Command) -> None:
    write(a="x = 1\n")
    check()
    tag = (FOLDER / "CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert (FOLDER / ".gitignore").read_text() == "*\n"
    assert len(list(FOLDER.iterdir())) == 3


def test_it_is_where_the_settings_are(check: Command, folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.holdfast.check]\n")
    (folder / "inner").mkdir()
    os.chdir("inner")
    write(a="x = 1\n")
    check()
    assert (folder / FOLDER).is_dir()
    assert [one.name for one in Path().iterdir()] == ["a.py"]


def test_it_can_be_elsewhere_or_nowhere(check: Command, looked: list[str]) -> None:
    write(a="x = 1\n")
    check("--no-cache")
    assert not FOLDER.exists()
    check("--cache-dir", "there/it/is")
    assert not FOLDER.exists()
    assert again(check, looked, "--cache-dir", "there/it/is") == []
    assert again(check, looked, "--no-cache") == ["a.py"]
    check("-", stdin=b"x = 1\n")
    assert not FOLDER.exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "1", "null", '{"%s": 1}', '{"%s": [1, 2]}', '{"%s": ["%h", "", [], {}]}',
     '{"%s": ["%h", "", {}, [[1]]]}', '{"%s": ["%h", "", {}, 5]}', "[" * 100_000],
)  # fmt: skip
def test_a_broken_one_is_thrown_away(check: Command, looked: list[str], content: str) -> None:
    write(a=f"{HEAD}wrong\n")
    check()
    (path,) = FOLDER.glob("*.json")
    digest = json.loads(path.read_text())[os.path.abspath("a.py")][0]
    path.write_text(content.replace("%s", os.path.abspath("a.py")).replace("%h", digest))
    result = check("--output-format", "concise")
    assert result.out.startswith("a.py:2:1: WSK180")
    assert (result.code, result.err) == (1, "")
    assert again(check, looked) == []


def test_one_that_cannot_be_written_is_no_error(check: Command) -> None:
    write(a=f"{HEAD}wrong\n")
    FOLDER.write_text("a file")
    assert check() == check("--no-cache")
    FOLDER.unlink()
    (FOLDER / "CACHEDIR.TAG").mkdir(parents=True)
    (FOLDER / ".gitignore").mkdir()
    assert check() == check("--no-cache")


def test_everything_comes_back(folder: Path) -> None:
    fix = Fix("Mend", (Edit(Span(1, 2, 3, 4), "é"), Edit(Span(5, 6, 7, 8), "")), False)
    finding = Finding(
        "x.py", Span(1, 2, 3, 4), "WSK101", "name", "message", "line", "help", "info", fix, 7
    )
    plain = Finding("x.py", Span(1, 2, 3, 4), "WSK101", "name", "message")
    examined = Examined((Seen(finding, True, 9), Seen(plain, False, 1)), (), {})
    write(x="")
    first = Cache(folder / "c")
    first.put(Path("x.py"), b"", examined)
    first.save()
    second = Cache(folder / "c")
    assert second.get(Path("x.py"), b"", "x.py") == Examined(examined.seen)
    assert second.get(Path("x.py"), b"-", "x.py") is None
    assert second.get(Path("y.py"), b"", "y.py") is None


def test_other_files_count(folder: Path) -> None:
    write(x="", other="1")
    there, gone = Path("other.py"), Path("gone.py")
    kept = Cache(folder / "c")
    kept.put(Path("x.py"), b"", Examined((), (), {str(there): stamp(there), str(gone): None}))
    assert kept.get(Path("x.py"), b"", "x.py") == Examined()
    write(gone="1")
    assert kept.get(Path("x.py"), b"", "x.py") is None
    gone.unlink()
    assert kept.get(Path("x.py"), b"", "x.py") == Examined()
    write(other="12")
    assert kept.get(Path("x.py"), b"", "x.py") is None
