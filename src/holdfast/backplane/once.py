"""What the memory backplane remembers for publishers: idempotency keys and versions."""

import time
from collections import OrderedDict

from holdfast.backplane.port import Message, Position

LIFETIME = 300.0  # seconds: of an idempotency key, as in a broker
MOST = 10_000  # of each kind


class Once:
    """Not thread-safe: its owner has a lock."""

    def __init__(self) -> None:
        self._keys: OrderedDict[tuple[str, str], tuple[float, Position]] = OrderedDict()
        self._versions: OrderedDict[str, int] = OrderedDict()

    def had(self, channel: str, message: Message) -> Position | None:
        """The position of the publication with the same idempotency key."""
        if message.idempotency_key is None:
            return None
        until, position = self._keys.get((channel, message.idempotency_key), (0.0, None))
        return position if until > time.monotonic() else None

    def outdated(self, channel: str, message: Message) -> bool:
        """Whether its version is not above the channel's last."""
        return message.version is not None and message.version <= self._versions.get(channel, -1)

    def remember(self, channel: str, message: Message, position: Position) -> None:
        """It was published."""
        if message.idempotency_key is not None:
            self._keys.pop((channel, message.idempotency_key), None)
            until = time.monotonic() + LIFETIME
            self._keys[channel, message.idempotency_key] = (until, position)
            while len(self._keys) > MOST:
                self._keys.popitem(last=False)
        if message.version is not None:
            self._versions[channel] = message.version
            self._versions.move_to_end(channel)
            while len(self._versions) > MOST:
                self._versions.popitem(last=False)
