"""How far it is, on stderr: a bar where that is a terminal, else lines."""

import sys
import time

WIDTH = 24


def say(text: str) -> None:
    """A sentence of its own."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    print(text, file=sys.stderr, flush=True)


class Progress:
    """Counts steps, and guesses from those behind how long the rest takes."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._done = 0
        self._begin = time.monotonic()
        self._bar = sys.stderr.isatty()

    def begin(self, label: str) -> None:
        """A step begins."""
        if not self._bar:
            say(f"[{self._done + 1}/{self._steps}] {label}")
            return
        filled = WIDTH * self._done // max(self._steps, 1)
        bar = "█" * filled + "░" * (WIDTH - filled)
        share = 100 * self._done // max(self._steps, 1)
        sys.stderr.write(f"\r\x1b[K{bar} {share} %{self._left()}  {label}")
        sys.stderr.flush()

    def tell(self, text: str) -> None:
        """What came of it."""
        say(f"  {text}")

    def end(self) -> None:
        """A step is done."""
        self._done += 1

    def finish(self) -> None:
        """All are."""
        minutes = (time.monotonic() - self._begin) / 60
        say(f"done in {minutes:.1f} minutes")

    def _left(self) -> str:
        if not self._done:
            return ""
        left = (time.monotonic() - self._begin) * (self._steps - self._done) / self._done
        return f", {left / 60:.0f} min left" if left > 90 else f", {left:.0f} s left"
