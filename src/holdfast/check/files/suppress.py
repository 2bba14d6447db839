"""Comments that silence findings: `noqa` as flake8 and ruff know it, and ruff's `ignore[...]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from holdfast.check.files.comments import Comment, Layout, read_layout
from holdfast.check.files.sources import LINE_END, split_lines
from holdfast.check.finding import Finding

CODES = r"(?![\w-])(?:(?P<colon>\s*:)[\s,]*(?P<codes>[A-Z]+\d+(?:[\s,]*[A-Z]+\d+)*)?)?"
# Case counts as in ruff: that of the word does not, that of the codes does.
NOQA = re.compile(rf"#\s*(?i:noqa){CODES}")
FILE_NOQA = re.compile(rf"#\s*(?:ruff|flake8|holdfast)\s*:\s*(?i:noqa){CODES}")
BRACKETS = re.compile(
    r"#\s*(?:ruff|holdfast)\s*:\s*(?P<verb>ignore|file-ignore|disable|enable)\s*"
    r"\[(?P<codes>[^\]]*)\]"
)
CODE = re.compile(r"[A-Z]+\d+")
# A file without these words silences nothing, and need not be read a second time.
WORDS = ("noqa", "ruff", "holdfast")
MARKER = re.compile(r"noqa|(?:ruff|holdfast)\s*:")
# Where a comment cannot stand on the line itself: texts of several lines, and continued lines.
# Tokens tell more, in thirty times the time, so they are read for a finding on such a row only.
ELSEWHERE = re.compile(
    r"#[^\n]*"
    r"|(?P<long>\"{3}(?:[^\"\\]|\\.|\"(?!\"\"))*+\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}|\\\n)"
    r"|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'",
    re.DOTALL,
)

ALL = frozenset({"ALL"})
Codes = frozenset[str]


class Silence(NamedTuple):
    """Rows, the first and the last, in which some codes and names are silent."""

    first: int
    last: int
    codes: Codes


class Suppressions:
    """What the comments of a file silence, and where one about a row has its place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[int, set[str]] = {}
        self._ranges: list[Silence] = []
        for one in silences(self._layout) if is_marked(text) else ():
            if one.first == one.last:
                self._lines.setdefault(one.first, set()).update(one.codes)
            else:
                self._ranges.append(one)

    @cached_property
    def _layout(self) -> Layout:
        return read_layout(self._text)

    @cached_property
    def _elsewhere(self) -> set[int]:
        """The rows that a text of several lines, or a continued line, has a part in."""
        rows: set[int] = set()
        row, read = 1, 0
        for match in ELSEWHERE.finditer(self._text):
            if match["long"]:
                row += self._text.count("\n", read, match.start())
                read = match.start()
                rows.update(range(row, row + match["long"].count("\n") + 1))
        return rows

    def noqa_row(self, row: int) -> int:
        """Say on which row a comment about a row has its place."""
        return self._layout.noqa_row(row) if row in self._elsewhere else row

    def silences(self, finding: Finding) -> bool:
        """Tell whether a comment on a finding's first or last line is meant for it."""
        if not (self._lines or self._ranges):
            return False
        wanted = {"ALL", finding.code, finding.name}
        rows = {finding.span.row, finding.span.end_row}
        rows |= {self.noqa_row(row) for row in rows}
        return any(not wanted.isdisjoint(self._lines.get(row, ())) for row in rows) or any(
            not wanted.isdisjoint(one.codes) and any(one.first <= row <= one.last for row in rows)
            for one in self._ranges
        )


def is_marked(text: str) -> bool:
    """Tell whether a file may silence anything."""
    small = text.lower()  # to look for a word in it takes a tenth of the time of an expression
    return any(word in small for word in WORDS) and MARKER.search(small) is not None


def silences(layout: Layout) -> Iterator[Silence]:
    """Read the comments of a file."""
    for comment in layout.comments:
        if comment.alone and (match := FILE_NOQA.search(comment.text)):
            if codes := noqa_codes(match):
                yield Silence(1, 1 << 60, codes)
        for match in NOQA.finditer(comment.text):
            if codes := noqa_codes(match):
                yield Silence(comment.row, comment.row, codes)
        for match in BRACKETS.finditer(comment.text):
            yield from bracketed(comment, match, layout)


def noqa_codes(match: re.Match[str]) -> Codes:
    """Give the codes of a `noqa`; one with a colon that names no code silences nothing."""
    if match["codes"]:
        return frozenset(CODE.findall(match["codes"]))
    return frozenset() if match["colon"] else ALL


def bracketed(comment: Comment, match: re.Match[str], layout: Layout) -> Iterator[Silence]:
    """Read a comment such as `ruff: ignore[WSK101]`, `file-ignore[...]` or `disable[...]`."""
    codes, verb = names(match), match["verb"]
    if verb == "ignore" and comment.alone:
        yield Silence(comment.first, comment.last, codes)
    elif verb == "ignore":
        # A text or continued lines that end here belong to this line.
        first = min((row for row, end in layout.later.items() if end == comment.row), default=0)
        yield Silence(first or comment.row, comment.row, codes)
    elif verb == "file-ignore" and comment.alone:
        yield Silence(1, 1 << 60, codes)
    elif verb == "disable" and comment.alone:
        yield Silence(comment.row, end_of_range(comment, codes, layout), codes)


def end_of_range(start: Comment, codes: Codes, layout: Layout) -> int:
    """Find the `enable` that belongs to a `disable`; without one it ends with the block."""
    end = layout.end_of_block(start.row, start.column)
    for comment in sorted(layout.comments, key=lambda one: one.row):
        if comment.alone and start.row < comment.row <= end and comment.column == start.column:
            matches = BRACKETS.finditer(comment.text)
            if any(one["verb"] == "enable" and names(one) == codes for one in matches):
                return comment.row
    return end


def names(match: re.Match[str]) -> Codes:
    """Give the codes and names within brackets."""
    return frozenset(one.strip() for one in match["codes"].split(",") if one.strip()) - ALL


def add_noqa(text: str, wanted: Mapping[int, Iterable[str]]) -> str:
    """Add codes to the comments of rows, by their number from 1; line ends stay what they are."""
    lines = split_lines(text)
    layout = read_layout(LINE_END.sub("\n", text))
    comments = {one.row: one for one in layout.comments}
    for row, codes in wanted.items():
        body = lines[row - 1].rstrip("\r\n")
        end = lines[row - 1][len(body) :]
        lines[row - 1] = with_codes(body, comments.get(row), sorted(set(codes))) + end
    return "".join(lines)


def with_codes(line: str, comment: Comment | None, codes: list[str]) -> str:
    """Add codes to the `noqa` of a line, which keeps its reason, or give the line one."""
    for match in NOQA.finditer(line, comment.column) if comment else ():
        if match["codes"]:
            together = sorted({*CODE.findall(match["codes"]), *codes})
            return (
                f"{line[: match.start('codes')]}{', '.join(together)}{line[match.end('codes') :]}"
            )
    return f"{line.rstrip()}  # noqa: {', '.join(codes)}"
