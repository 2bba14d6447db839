"""The ticker: five hundred instruments over one connection, at whatever rate somebody asks for."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from holdfast import Ring
from holdfast.demo.live import hf
from holdfast.demo.market import Listing, Market

FASTEST = 30_000  # updates a second: they take a quarter of a core
INTERVAL = 0.1  # seconds: a viewer is given the newest price of each instrument, no more often

SLICE = 0.01  # seconds between two bunches of updates
BUNCH = 100  # updates, after which everybody else has a turn
FORGIVEN = 0.05  # seconds: what a busy process is later with than that, it does not make up for
REPORT = 1.0  # seconds between two reports

router = APIRouter()
market = Market()

Update = tuple[str, float]
"""A symbol and its new price."""


@dataclass(frozen=True)
class Report:
    """What was asked for, and what came of it."""

    asked: int
    """Updates a second."""
    published: int
    """Updates in the last second: fewer, where this process cannot keep up."""
    fastest: int = FASTEST
    """The most that can be asked for."""


class Pace:
    """How many updates are due, and how many there were."""

    def __init__(self) -> None:
        self.asked = 2000
        self.begin()

    def begin(self) -> None:
        """From now on."""
        self._at = self._since = time.perf_counter()
        self._due = 0.0
        self._made = self._published = 0
        self._reported = Report(-1, 0)

    @property
    def late(self) -> bool:
        """Whether more is due than one bunch."""
        return self._due >= 1

    def bunch(self) -> int:
        """The size of the next bunch."""
        now = time.perf_counter()
        due = self._due + self.asked * (now - self._at)
        size = min(BUNCH, int(due))
        most = max(1.0, self.asked * FORGIVEN)  # of a slow rate, one at least becomes due
        self._at, self._due = now, min(due - size, most)
        self._made += size
        return size

    def report(self) -> Report | None:
        """Once a second, and at once when another rate is asked for."""
        elapsed = self._at - self._since
        if elapsed >= REPORT:
            self._published = round(self._made / elapsed)
            self._since, self._made = self._at, 0
        elif self._reported.asked == self.asked:
            return None
        self._reported = Report(self.asked, self._published)
        return self._reported


pace = Pace()


def subject(value: Update | Report) -> str:
    """What a value is the newest of: an instrument's prices, or the reports."""
    return "report" if isinstance(value, Report) else value[0]


@hf.stream(
    "/ws/ticker",
    overflow="latest_by_key",
    key=subject,
    flush_interval=INTERVAL,
    since="all",
    ring=Ring(count=32_768, bytes=4 << 20),
)
async def ticker() -> AsyncIterator[Update | Report]:
    """Every instrument once, and then as many updates a second as were asked for."""
    pace.begin()
    for instrument in market.instruments:
        yield instrument.symbol, instrument.price(time.perf_counter())
    while True:
        for instrument in random.choices(market.instruments, k=pace.bunch()):
            yield instrument.symbol, instrument.price(time.perf_counter())
        if report := pace.report():
            yield report
        await asyncio.sleep(0 if pace.late else SLICE)


class Rate(BaseModel):
    """How fast all viewers' ticker is to run."""

    updates_per_second: Annotated[int, Field(ge=0, le=FASTEST)]


@router.post("/ticker/rate")
async def set_rate(rate: Rate) -> Rate:
    """Take effect at once, for everybody."""
    pace.asked = rate.updates_per_second
    return rate


@router.get("/ticker/instruments")
async def instruments() -> list[Listing]:
    """What there is to be watched."""
    return [instrument.listing for instrument in market.instruments]


# -- one instrument ----------------------------------------------------------------------------


def listed(symbol: str) -> None:
    """Refuse what is no symbol."""
    if symbol not in market.by_symbol:
        raise HTTPException(404, f"{symbol} is not listed")


@hf.stream("/ws/price/{symbol}", every=INTERVAL, dependencies=[Depends(listed)])
async def price(symbol: str) -> Update:
    """The price of one instrument, one stream for each that is watched."""
    return symbol, market.by_symbol[symbol].price(time.perf_counter())
