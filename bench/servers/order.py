"""What a client asks of a server under test, as one line of text."""

from typing import NamedTuple


class Order(NamedTuple):
    """Broadcast ``messages`` messages of ``size`` characters, ``per_turn`` in each loop turn.

    ``per_turn`` 0 never gives the loop a turn by itself: a tight loop.
    """

    messages: int
    size: int
    per_turn: int = 1

    @classmethod
    def parse(cls, text: str) -> "Order | None":
        """Read ``go:MESSAGES:SIZE`` or ``go:MESSAGES:SIZE:PER_TURN``; None for anything else."""
        word, *numbers = text.split(":")
        return cls(*map(int, numbers)) if word == "go" else None

    @property
    def text(self) -> str:
        """The line itself."""
        return f"go:{self.messages}:{self.size}:{self.per_turn}"

    def ends_turn(self, number: int) -> bool:
        """Whether the loop gets a turn after message ``number``, counted from 0."""
        return self.per_turn > 0 and (number + 1) % self.per_turn == 0
