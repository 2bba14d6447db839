"""Which rules run: codes, prefixes of codes and names. The longest match wins, as in ruff."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from holdfast.check.code.module import Module
from holdfast.check.rules import RULES, Rule
from holdfast.check.rules.rule import Problem


class UnknownCode(ValueError):
    """A code, prefix or name that fits no rule."""


def _nothing(_module: Module) -> Iterator[Problem]:
    """Find nothing: what these rules are about is seen before there is a tree."""
    return iter(())


SYNTAX = Rule(
    "WSK001",
    "syntax-error",
    "error",
    "Correct the syntax",
    "The file is not Python.\n\nNothing else is said about a file that does not parse.",
    _nothing,
)
UNREADABLE = Rule(
    "WSK002",
    "unreadable-file",
    "error",
    "Make the file readable, or exclude it",
    "The file cannot be read or is too deep to look at.\n\nNothing else is said about it.",
    _nothing,
)
# What can be said about a file whatever rules are selected; it can be ignored like any other.
ABOUT_FILES = (SYNTAX, UNREADABLE)
ABOUT_FILES_CODES = frozenset(rule.code for rule in ABOUT_FILES)
ALL_RULES = (*ABOUT_FILES, *RULES)


@dataclass(frozen=True, slots=True)
class Choice:
    """What one place says about rules: the configuration, or the command line.

    Without a `select` it changes what was chosen before, with one it chooses anew.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def choose(choices: Iterable[Choice]) -> frozenset[str]:
    """Choose the codes of rules by what each place says, the most important last.

    Raises UnknownCode.
    """
    chosen = {rule.code for rule in ALL_RULES}
    carried: tuple[str, ...] = ()
    for choice in choices:
        anew = choice.select is not None
        wanted = prefixes((*(choice.select or ()), *choice.extend_select))
        dropped = prefixes((*choice.ignore, *carried))
        # Beside a select of nothing an ignore is meant for what is selected later.
        carried = choice.ignore if choice.select == () == choice.extend_select else ()
        before = ABOUT_FILES_CODES if anew else chosen
        chosen = {one.code for one in ALL_RULES if _decide(one.code, wanted, dropped, before)}
    return frozenset(chosen)


def _decide(
    code: str, wanted: Iterable[str], dropped: Iterable[str], before: Collection[str]
) -> bool:
    for_it, against_it = longest(code, wanted), longest(code, dropped)
    return code in before if for_it == against_it == -1 else for_it > against_it


def longest(code: str, given: Iterable[str]) -> int:
    """Measure the most exact of the prefixes that fit a code; -1 if none does."""
    return max((len(one) for one in given if code.startswith(one)), default=-1)


def prefixes(selectors: Iterable[str]) -> list[str]:
    """Read codes, prefixes and names as prefixes; `ALL` is the shortest. Raises UnknownCode."""
    return [_prefix(one) for one in selectors]


def _prefix(selector: str) -> str:
    wanted = selector.upper()
    if wanted == "ALL":
        return ""
    for rule in ALL_RULES:
        if selector.lower() == rule.name:
            return rule.code
    if not wanted or not any(rule.code.startswith(wanted) for rule in ALL_RULES):
        raise UnknownCode(f"No rule has the code, prefix or name {selector!r}")
    return wanted


def rule_of(code: str) -> Rule:
    """Find a rule by its code or name. Raises UnknownCode."""
    for rule in ALL_RULES:
        if code.upper() == rule.code or code.lower() == rule.name:
            return rule
    raise UnknownCode(f"There is no rule {code!r}")


def explain(code: str) -> str:
    """Say what a rule is about. Raises UnknownCode."""
    rule = rule_of(code)
    fixable = {"safe": " `--fix` does it.", "unsafe": " `--fix --unsafe-fixes` does it."}
    return (
        f"{rule.code} {rule.name} ({rule.severity})\n\n{rule.explanation.strip()}\n\n"
        f"Fix: {rule.help.rstrip('.')}.{fixable.get(rule.fixes, '')}"
    )
