"""The patterns of one .gitignore file, as git reads them."""

from __future__ import annotations

import codecs
import re

# In a set, a bracket that comes first is a character, and [:digit:] is a class.
PIECES = re.compile(r"\*+|\\.|\[[!^]?+\]?+(?>(?:\[:[^\]]*:\]|\\.|[^\]\\])*)\]|.", re.DOTALL)
ITEMS = re.compile(r"\[:([^\]]*):\]|(\\.|.)-(\\.|.)|(\\.|.)", re.DOTALL)
CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~",
    "space": r" \t-\r", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
SPECIAL = re.compile(r"[*?\[\\]")
NEVER = -1
MARK = codecs.BOM_UTF8.decode("latin-1")


class Patterns:
    """The patterns of one file. The last one that fits decides; after a `!` it takes back.

    All texts have a character for each byte, as git has it: a `?` fits half of an umlaut.
    A pattern without a slash is one of names, any other is one of paths from the file's folder. The
    path of a folder ends with a slash, for a pattern that ends so fits folders alone.
    """

    def __init__(self, text: str) -> None:
        self._ignores: list[bool] = []
        self._names = Table()
        self._paths = Table()
        for line in text.removeprefix(MARK).split("\n"):
            self._add(line.removesuffix("\r"))

    def __bool__(self) -> bool:
        return bool(self._ignores)

    def _add(self, line: str) -> None:
        glob = _trimmed(line)
        if not glob or glob.startswith("#"):
            return
        negated = glob.startswith("!")
        glob = glob[negated:]
        only_folders = glob.endswith("/")
        body = glob[: len(glob) - only_folders]
        table = self._paths if "/" in body else self._names
        table.add(len(self._ignores), body.removeprefix("/"), only_folders)
        self._ignores.append(not negated)

    def ignores(self, path: str, name: str) -> bool | None:
        """Tell whether a file or folder is ignored; None if nothing is said about it."""
        at = max(self._names.last(name), self._paths.last(path))
        return None if at == NEVER else self._ignores[at]


class Table:
    """Patterns, each with its place in the file."""

    def __init__(self) -> None:
        self._plain: dict[str, int] = {}
        self._globs: list[tuple[int, str]] = []
        self._any: re.Pattern[str] | None = None
        self._each: list[tuple[int, re.Pattern[str]]] = []

    def add(self, at: int, glob: str, only_folders: bool) -> None:
        """Add a pattern that comes after all others; what is no pattern fits nothing."""
        if not SPECIAL.search(glob):
            if not only_folders:
                self._plain[glob] = at
            self._plain[f"{glob}/"] = at
        elif regex := translate(glob):
            self._globs.append((at, f"{regex}{'/' if only_folders else '/?'}"))

    def last(self, text: str) -> int:
        """Give the place of the last pattern that fits, or NEVER."""
        at = self._plain.get(text, NEVER)
        if not self._globs or not self._fits_any(text):
            return at
        self._each = self._each or [(one, _compiled(regex)) for one, regex in self._globs[::-1]]
        return max(at, next(one for one, regex in self._each if regex.fullmatch(text)))

    def _fits_any(self, text: str) -> bool:
        # Mostly none fits, so all are tried as one.
        self._any = self._any or _compiled("|".join(regex for _, regex in self._globs))
        return bool(self._any.fullmatch(text))


def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.DOTALL)


def _trimmed(line: str) -> str:
    """Take the spaces at the end away, but for one after a backslash."""
    bare = line.rstrip(" ")
    slashes = len(bare) - len(bare.rstrip("\\"))
    return f"{bare} " if slashes % 2 and bare != line else bare


# -- globs -----------------------------------------------------------------------------------------


def translate(glob: str) -> str | None:
    """Make a regular expression of a glob; None if nothing can fit it."""
    segments: list[list[str]] = [[]]
    for piece in PIECES.findall(glob):
        if piece in ("/", r"\/"):
            segments.append([])
        else:
            segments[-1].append(piece)
    *above, last = segments
    try:
        made = [_segments_above(one) for one in above]
        return "".join(made) + (".+" if _is_any_depth(last) else _segment(last))
    except ValueError:
        return None


def _is_any_depth(pieces: list[str]) -> bool:
    return len(pieces) == 1 and pieces[0].startswith("**")


def _segments_above(pieces: list[str]) -> str:
    return "(?:.*/)?" if _is_any_depth(pieces) else f"{_segment(pieces)}/"


def _segment(pieces: list[str]) -> str:
    """Make a regular expression of what stands between two slashes."""
    fixed = [""]
    for piece in pieces:
        if piece[0] == "*":
            fixed.append("")
        else:
            fixed[-1] += _piece(piece)
    first, *others = fixed
    if others == [""] and not first:
        return "[^/]+"
    # But for the last one, the first place where it goes on is as good as any: try no other.
    between = "".join(f"(?>[^/]*?{one})" for one in others[:-1])
    return f"{first}{between}[^/]*{others[-1]}" if others else first


def _piece(piece: str) -> str:
    """Make a regular expression of what stands for one character. Raises ValueError."""
    if piece == "?":
        return "[^/]"
    if piece in ("[", "\\"):
        raise ValueError(f"nothing can fit a {piece} that does not end")
    return _set(piece[1:-1]) if piece[0] == "[" else re.escape(piece[-1])


def _set(inner: str) -> str:
    negated = inner[0] in "!^"
    made = ""
    for name, first, last, one in ITEMS.findall(inner[negated:]):
        if one:
            made += re.escape(one[-1])
        elif first:
            start, end = first[-1], last[-1]
            # What is the wrong way round is its first character alone.
            made += re.escape(start) + (
                f"{re.escape(start)}-{re.escape(end)}" if start <= end else ""
            )
        elif name in CLASSES:
            made += CLASSES[name]
        else:
            raise ValueError(f"there is no class {name!r}")
    return f"[^/{made}]" if negated else f"(?!/)[{made}]"
