"""Which rules run: codes and prefixes of codes, the longest match wins."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.check.rules import RULES, Rule


class UnknownCode(ValueError):
    """A code or prefix that fits no rule."""


def select(wanted: Iterable[str] = ("ALL",), ignored: Iterable[str] = ()) -> list[Rule]:
    """Choose rules by prefixes; `ALL` is the shortest prefix of all."""
    chosen, dropped = [prefixes(one) for one in (wanted, ignored)]
    return [rule for rule in RULES if longest(rule, chosen) > longest(rule, dropped)]


def prefixes(given: Iterable[str]) -> list[str]:
    """Read prefixes. Raises UnknownCode for one that fits no rule."""
    found = ["" if one.upper() == "ALL" else one.upper() for one in given]
    for prefix in found:
        if not any(rule.code.startswith(prefix) for rule in RULES):
            raise UnknownCode(f"No rule's code starts with {prefix}")
    return found


def longest(rule: Rule, given: Iterable[str]) -> int:
    """Measure the most exact of the prefixes that fit a rule; -1 if none does."""
    return max((len(one) for one in given if rule.code.startswith(one)), default=-1)


def explain(code: str) -> str:
    """Say what a rule is about. Raises UnknownCode."""
    for rule in RULES:
        if code.upper() == rule.code or code == rule.name:
            return f"{rule.code} {rule.name}\n\n{rule.explanation.strip()}\n\nFix: {rule.help}."
    raise UnknownCode(f"There is no rule {code}")
