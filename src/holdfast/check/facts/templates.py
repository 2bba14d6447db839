"""Path templates as Starlette reads them, and which of two takes the other's connections."""

from __future__ import annotations

import re
from functools import lru_cache

PARAMETER = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)(?::([a-zA-Z_][a-zA-Z0-9_]*))?\}")
# Convertor -> what it matches, and examples that only it, or a wider one, matches.
CONVERTORS = {
    "str": ("[^/]+", ("\N{SNOWMAN}",)),
    "path": (".*", ("\N{SNOWMAN}/\N{SNOWMAN}", "\N{SNOWMAN}", "")),
    "int": ("[0-9]+", ("90817263",)),
    "float": (r"[0-9]+(\.[0-9]+)?", ("90817263.5", "90817263")),
    "uuid": (
        "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6",),
    ),
}


def covers(earlier: str, later: str) -> bool:
    """Tell whether every path that the later template matches is matched by the earlier one."""
    pattern = compiled(earlier)
    paths = examples(later)
    return pattern is not None and bool(paths) and all(map(pattern.fullmatch, paths))


@lru_cache(maxsize=50_000)
def compiled(template: str) -> re.Pattern[str] | None:
    """Compile a template; None where a convertor is not known."""
    pattern = regex(template)
    return re.compile(pattern) if pattern else None


def regex(template: str) -> str:
    """Make a regular expression of a template; empty where a convertor is not known."""
    parts, end = [], 0
    for match in PARAMETER.finditer(template):
        if (match[2] or "str") not in CONVERTORS:
            return ""
        parts += [re.escape(template[end : match.start()]), CONVERTORS[match[2] or "str"][0]]
        end = match.end()
    return "".join([*parts, re.escape(template[end:])])


@lru_cache(maxsize=50_000)
def examples(template: str) -> list[str]:
    """Give paths that stand for all that a template matches; none where that is not known."""
    if not regex(template):
        return []
    width = max(len(one) for _, one in CONVERTORS.values())
    return [filled(template, index) for index in range(width)]


def filled(template: str, index: int) -> str:
    """Put an example in the place of each parameter."""
    return PARAMETER.sub(lambda match: example(match[2] or "str", index), template)


def example(convertor: str, index: int) -> str:
    """Give one of a convertor's examples."""
    texts = CONVERTORS[convertor][1]
    return texts[index % len(texts)]
