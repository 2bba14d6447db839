"""What tokens tell and a tree does not: comments, and which lines belong together."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass, field
from typing import NamedTuple

BLOCKS = {tokenize.INDENT, tokenize.DEDENT}
LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT} | BLOCKS
ENDS = {tokenize.ENDMARKER} | BLOCKS
# Python 3.12 and 3.14 tell the parts of such texts apart.
TEXT_STARTS = {getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START")}
TEXT_ENDS = {getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END")}


class Comment(NamedTuple):
    """A comment, its row from 1 and column from 0, and whether nothing else is on its line.

    For one that stands alone `first` and `last` are the rows of the statement that follows; within
    brackets they are the next line of them.
    """

    text: str
    row: int
    column: int
    alone: bool
    first: int = 0
    last: int = 0


@dataclass(slots=True)
class Layout:
    """The comments of a file, and where a comment about a row may stand."""

    comments: list[Comment] = field(default_factory=list)
    later: dict[int, int] = field(default_factory=dict)
    dedents: list[tuple[int, int]] = field(default_factory=list)  # (row, column) after blocks

    def noqa_row(self, row: int) -> int:
        """Say on which row a comment about a row stands: after a long text, or continued lines."""
        while row in self.later:
            row = self.later[row]
        return row

    def end_of_block(self, row: int, column: int) -> int:
        """Say which row is the last of the block that a line with this indentation is in."""
        ends = (start - 1 for start, indent in self.dedents if start > row and indent < column)
        return next(ends, 1 << 60)


def read_layout(text: str) -> Layout:
    """Read a file's tokens; what was read before a mistake counts."""
    reader = _Reader(text)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            reader.take(token)
    except (tokenize.TokenError, SyntaxError):
        pass  # the parser takes a few things that the tokenizer does not
    reader.layout.comments += reader.waiting
    return reader.layout


class _Reader:
    """Goes through the tokens once."""

    def __init__(self, text: str) -> None:
        self.layout = Layout()
        self.lines = text.split("\n")
        self.waiting: list[Comment] = []  # those before a statement
        self.inside: list[Comment] = []  # those between the lines of one
        self.first = 0  # row of the statement; 0 between statements
        self.texts: list[int] = []  # rows in which texts began that have not ended
        self.before = (1, tokenize.NEWLINE)

    def take(self, token: tokenize.TokenInfo) -> None:
        """Take the next token."""
        last, kind = self.before
        if token.start[0] > last and kind not in LAYOUT and token.type not in ENDS:
            # continued by a backslash
            self.layout.later.update((one, token.start[0]) for one in range(last, token.start[0]))
        if token.type == tokenize.COMMENT:
            self._comment(token)
        elif token.type == tokenize.NEWLINE:
            found = (one._replace(first=self.first, last=token.start[0]) for one in self.waiting)
            self.layout.comments += found
            self.waiting, self.first = [], 0
        elif token.type == tokenize.DEDENT:
            self.layout.dedents.append(token.start)
        elif token.type not in LAYOUT and token.type != tokenize.ENDMARKER:
            self._code(token)
        self.before = (token.end[0], token.type)

    def _comment(self, token: tokenize.TokenInfo) -> None:
        row, column = token.start
        # One that ends continued lines has nothing before it on its own line, and is not alone.
        alone = self.before[1] in LAYOUT and not self.lines[row - 1][:column].strip()
        comment = Comment(token.string, row, column, alone)
        if not alone:
            self.layout.comments.append(comment)
        else:
            (self.inside if self.first else self.waiting).append(comment)

    def _code(self, token: tokenize.TokenInfo) -> None:
        row, end, later = token.start[0], token.end[0], self.layout.later
        self.first = self.first or row
        self.layout.comments += (one._replace(first=row, last=row) for one in self.inside)
        self.inside = []
        if token.type in TEXT_STARTS:
            self.texts.append(row)
        begin = self.texts.pop() if token.type in TEXT_ENDS and self.texts else row
        later.update((one, end) for one in range(begin, end))
