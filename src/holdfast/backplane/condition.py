"""Whether a broker can be reached, since when not, and what of that has been said."""

import asyncio
import time

from holdfast.backplane.port import Health


class Condition:
    """Away at first; then reached, which is enough to publish; then whole, when every channel that
    is watched has been restored. Away again before that is the same outage still."""

    def __init__(self) -> None:
        self.away: str | None = "not connected yet"  # why; None: it is reached
        self.refused = False
        self.reached = False  # ever
        self.changed = asyncio.Event()  # set at the first success or failure
        self._whole = False
        self._outages = 0
        self._since = time.monotonic()
        self._said = False

    def went(self, reason: str, refused: bool) -> bool:
        """It is away; True if that is to be said: once for an outage, and not of a first refusal,
        which is an exception where somebody waits for it: at an app's start."""
        first = not self.changed.is_set()
        if self._whole:
            self._since = time.monotonic()
        self._outages += self._whole or first
        self.away, self.refused, self._whole = reason, refused, False
        self.changed.set()
        said, self._said = self._said, self._said or not (first and refused)
        return self._said and not said

    def came(self) -> None:
        """It is reached."""
        self.away, self.refused, self.reached = None, False, True
        self.changed.set()

    def restored(self) -> float | None:
        """It is whole; returns for how many seconds it was not, None if nobody was told."""
        before = time.monotonic() - self._since if self._said else None
        self._whole, self._said = True, False
        return before

    def left(self, seconds: float) -> float:
        """Of that time since the outage began."""
        if self.away is None:
            return seconds
        return max(0.0, self._since + seconds - time.monotonic())

    def health(self, waiting: int) -> Health:
        """The same for others: not well before it is whole."""
        restoring = None if self._whole else "its channels are being restored"
        return Health(self.away or restoring, self._outages, waiting)
