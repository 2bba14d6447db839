"""A sink that follows logs as a hub does, and notes what no log may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from holdfast.backplane.port import HistoryPage, Message, Position, Publication


class Listener:
    """What one backplane brought. ``wrong`` must stay empty, whatever happens to the broker."""

    def __init__(self) -> None:
        self.pages: dict[str, list[HistoryPage]] = {}
        self.logs: dict[str, list[Publication]] = {}
        """What came since the last beginning, the publications of its page included."""
        self.heads: dict[str, Position] = {}
        self.local: list[tuple[str, Message]] = []
        self.delivered: Counter[str] = Counter()
        """Publications by channel, also of channels that never began."""
        self.wrong: list[str] = []
        self.on_deliver: Callable[[str, Publication], None] = lambda channel, publication: None

    def begin(self, channel: str, page: HistoryPage) -> None:
        offsets = [publication.offset for publication in page.publications]
        head = page.position.offset
        if offsets != list(range(head - len(offsets) + 1, head + 1)):
            self.wrong.append(f"{channel} begins at {head} with {offsets}")
        if offsets and page.publications[-1].tag != page.position.tag:
            self.wrong.append(f"{channel} begins with another tag than its newest publication's")
        self.pages.setdefault(channel, []).append(page)
        self.logs[channel] = list(page.publications)
        self.heads[channel] = page.position

    def deliver(self, channel: str, epoch: str, publication: Publication) -> None:
        self.delivered[channel] += 1
        head = self.heads.get(channel)
        if head is not None:
            if (epoch, publication.offset) != (head.epoch, head.offset + 1):
                self.wrong.append(f"{channel} went from {head} to {epoch}-{publication.offset}")
            self.heads[channel] = Position(epoch, publication.offset, publication.tag)
            self.logs[channel].append(publication)
        self.on_deliver(channel, publication)

    def deliver_locally(self, channel: str, message: Message) -> None:
        self.local.append((channel, message))

    def data(self, channel: str) -> list[str | bytes]:
        """What was published since the last beginning."""
        return [publication.data for publication in self.logs.get(channel, ())]

    def beginnings(self, channel: str) -> int:
        """How often the channel's log began."""
        return len(self.pages.get(channel, ()))
