"""Follows one channel of a broker, for `holdfast tail`."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable, Iterable

import click
import msgspec
from typing_extensions import override

from holdfast.backplane.port import HistoryPage, Json, Message, Position, Publication, Sink
from holdfast.backplane.publisher import TIMEOUT, opener
from holdfast.cli.broker import logs_to

ALL = (1 << 31) - 1  # publications: more than any channel keeps

Show = Callable[[Position, Publication], str]


class Following(Sink):
    """A channel from some place on. ``since``: the last so many, or what follows a position."""

    def __init__(self, url: str, channel: str, since: Position | int | None, show: Show) -> None:
        self._keeper = opener(url, TIMEOUT)()
        self._channel = channel
        self._since = since
        self._show = show
        self._at: Position | None = None
        self._news: asyncio.Queue[HistoryPage | tuple[str, Publication]] = asyncio.Queue()

    async def run(self) -> None:
        """Show it until it is cancelled. Raises ``BackplaneUnavailable`` at the start only."""
        self._keeper.start(self)
        try:
            await self._keeper.tried()
            await self._keeper.watch(self._channel)
            first = await self._news.get()
            assert isinstance(first, HistoryPage)  # a watch begins with one
            logs_to_stderr()  # an error at the start is told by who called
            await self._show_history(first.position)
            self._at = first.position
            while True:
                self._take(await self._news.get())
        finally:
            await self._keeper.close()

    # -- what the keeper brings ----------------------------------------------------------------

    @override
    def begin(self, channel: str, page: HistoryPage) -> None:
        self._news.put_nowait(page)

    @override
    def deliver(self, channel: str, epoch: str, publication: Publication) -> None:
        self._news.put_nowait((epoch, publication))

    @override
    def deliver_locally(self, channel: str, message: Message) -> None:
        pass  # nothing is published here

    # -- what is shown -------------------------------------------------------------------------

    async def _show_history(self, head: Position) -> None:
        """What is kept from where it is to begin, up to where the watch began."""
        since = self._since
        if since is None:
            return
        if isinstance(since, int):
            page = await self._keeper.history(self._channel, None, min(since, ALL), True)
            publications = page.publications[::-1]
        else:
            page = await self._keeper.history(self._channel, since, ALL, False)
            publications = page.publications
            if not page.complete:
                say(f"gap: not all that came after {since} is kept")
        here = page.position.epoch == head.epoch  # else the log has begun anew, and comes whole
        self._print(head.epoch, (one for one in publications if here and one.offset <= head.offset))

    def _take(self, news: HistoryPage | tuple[str, Publication]) -> None:
        assert self._at is not None
        before = self._at
        if isinstance(news, HistoryPage):
            same = news.position.epoch == before.epoch
            what = "gap: what came" if same else "new epoch: the log is another one, and what came"
            say(f"{what} after {before} may be lost. It goes on at {news.position}")
            seen = before.offset if same else 0
            kept = [one for one in news.publications if one.offset > seen]
            self._print(news.position.epoch, kept)
            self._at = news.position
        else:
            epoch, publication = news
            self._print(epoch, [publication])
            self._at = Position(epoch, publication.offset, publication.tag)

    def _print(self, epoch: str, publications: Iterable[Publication]) -> None:
        for one in publications:
            click.echo(self._show(Position(epoch, one.offset, one.tag), one))


def logs_to_stderr() -> None:
    """What the library says of outages."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("holdfast: %(message)s"))
    logs_to(handler)


def say(sentence: str) -> None:
    """On standard error."""
    click.echo(f"holdfast: {sentence}", err=True)


def as_text(position: Position, publication: Publication) -> str:
    """``POSITION  DATA`` in one line, with nothing in it that a terminal would obey."""
    data = publication.data
    if isinstance(data, Json):
        text = data.decode()
    else:
        text = data if isinstance(data, str) else f"base64:{base64.b64encode(data).decode()}"
    return f"{position}  {printable(text)}"


def printable(text: str) -> str:
    """The text, with escapes for what is no letter, sign or space."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def as_line(position: Position, publication: Publication) -> str:
    """A JSON object. ``data`` is what was published; binary data is ``base64``."""
    data = publication.data
    said: dict[str, object] = {"position": str(position), "time": publication.time}
    if publication.key is not None:
        said["key"] = publication.key
    if publication.tags:
        said["tags"] = dict(publication.tags)
    if isinstance(data, Json):
        said["data"] = msgspec.Raw(data)
    elif isinstance(data, str):
        said["data"] = data
    else:
        said["base64"] = base64.b64encode(data).decode()
    return msgspec.json.encode(said).decode()
