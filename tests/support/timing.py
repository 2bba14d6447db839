"""Limits of time on a machine that tests share: what is quick is quick in one of a few tries."""

from collections.abc import Awaitable, Callable

TRIES = 4


async def one_within(limit: float, measure: Callable[[], Awaitable[float]]) -> None:
    """Measure until it took less than ``limit`` seconds; ``measure`` gives how many it took."""
    took: list[float] = []
    while not took or min(took) >= limit:
        assert len(took) < TRIES, f"not once within {limit:g} s: {took}"
        took.append(await measure())
