"""Channel options, chosen by name pattern."""

import re
from collections.abc import Iterator, Sequence
from typing import get_args

import msgspec

from holdfast.backplane.port import History, Keeps, Outage, Rule
from holdfast.errors import ConfigurationError
from holdfast.hub.log import Ring
from holdfast.hub.overflow import POLICIES, Overflow

LONGEST_TTL = 100 * 366 * 86400.0  # seconds
LONGEST_INTERVAL = 60.0  # seconds: news that wait longer are no news


class ChannelOptions(msgspec.Struct, frozen=True):
    """How a channel keeps its log, and what it does to a subscriber that falls behind."""

    overflow: Overflow = "close"
    ring: Ring = Ring()
    history: History | None = None
    fold_bytes: int = 1 << 20
    flush_interval: float = 0.0
    outage: Outage = "raise"

    def bounds(self) -> Ring:
        """The ring's bounds, wide enough for the history."""
        if self.history is None or self.history.size <= self.ring.count:
            return self.ring  # the same object for all channels
        return Ring(self.history.size, self.ring.bytes)

    def check(self, pattern: str) -> "ChannelOptions":
        """Itself, or ``ConfigurationError`` for values that cannot work."""
        if self.overflow not in POLICIES:
            raise ConfigurationError(
                f"channel {pattern!r}: overflow={self.overflow!r} is none of {', '.join(POLICIES)}"
            )
        if self.ring.count < 4 or self.ring.bytes < 1024:
            raise ConfigurationError(
                f"channel {pattern!r}: a ring needs at least 4 publications and 1,024 bytes"
            )
        if not 0 <= self.flush_interval <= LONGEST_INTERVAL:
            raise ConfigurationError(
                f"channel {pattern!r}: flush_interval={self.flush_interval!r}: expected 0 to "
                f"{LONGEST_INTERVAL:g} seconds"
            )
        if self.history and not (self.history.size >= 1 and 0 < self.history.ttl <= LONGEST_TTL):
            raise ConfigurationError(
                f"channel {pattern!r}: History needs size >= 1, and ttl > 0 seconds, at most a "
                "hundred years"
            )
        if self.outage not in get_args(Outage):
            raise ConfigurationError(
                f"channel {pattern!r}: outage={self.outage!r} is none of "
                f"{', '.join(get_args(Outage))}"
            )
        if self.history and self.outage == "local":
            raise ConfigurationError(
                f"channel {pattern!r}: what outage='local' shows has no position and is in no "
                "history: leave history= out, or choose outage='raise' or 'buffer'"
            )
        return self


PLACEHOLDER = re.compile(r"\{[^{}]*\}")


class OptionTable:
    """Patterns such as ``orders.{id}`` and their options; the one with most literal text wins."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, Rule, ChannelOptions]] = []
        self._default = ChannelOptions()

    def add(self, pattern: str, options: ChannelOptions) -> None:
        """Register a pattern. The later of two equally literal ones wins."""
        literals = PLACEHOLDER.split(pattern)
        rule = Rule(literals, options.history)
        self._rows.insert(0, (sum(map(len, literals)), rule, options.check(pattern)))
        self._rows.sort(key=lambda row: -row[0])

    def __getitem__(self, name: str) -> ChannelOptions:
        return next(self._matching(name), self._default)

    def choice(self, channel: str) -> tuple[Keeps, Outage]:
        """The part of a channel's options that concerns the backplane."""
        options = self[channel]
        return options.history, options.outage

    def rules(self) -> Sequence[Rule]:
        """The same for all patterns."""
        return [rule for _, rule, _ in reversed(self._rows)]  # of twins the later one is the last

    def _matching(self, name: str) -> Iterator[ChannelOptions]:
        return (options for _, rule, options in self._rows if rule.fits(name))
