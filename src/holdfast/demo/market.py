"""Five hundred made-up instruments, whose prices walk at random."""

import math
import random
from dataclasses import dataclass

BRANDS = (
    *("Alder", "Basalt", "Cedar", "Dune", "Ember", "Fjord", "Garnet", "Harbour", "Iris"),
    *("Juniper", "Kestrel", "Larch", "Mistral", "Nimbus", "Ochre", "Pebble", "Quarry", "Rowan"),
    *("Sable", "Tarn", "Umber", "Violet", "Willow", "Yarrow", "Zephyr"),
)
SECTORS = (
    *("Airways", "Bank", "Chemicals", "Dairy", "Energy", "Foods", "Glass", "Hotels", "Insurance"),
    *("Logistics", "Mining", "Networks", "Optics", "Paper", "Rail", "Steel", "Textiles"),
    *("Utilities", "Vehicles", "Water"),
)

PULL = 1 / 600  # of its way back that a price goes in a second: it wanders, but not for ever
LONGEST_STEP = 60.0  # seconds: who looks again after an hour sees a move, not an earthquake


@dataclass(frozen=True)
class Listing:
    """What is known of an instrument before anything happens to it."""

    symbol: str
    name: str
    sector: str
    open: float


class Instrument:
    """A price that moves with the time that passes, however often somebody looks."""

    __slots__ = ("_at", "_log", "_random", "_volatility", "listing", "symbol")

    def __init__(self, listing: Listing, volatility: float, seed: str) -> None:
        self.listing = listing
        self.symbol = listing.symbol
        self._volatility = volatility
        self._random = random.Random(seed)
        self._log = 0.0  # the logarithm of price / open
        self._at: float | None = None

    def price(self, now: float) -> float:
        """The price at ``now``, in seconds of any clock that does not go back."""
        elapsed = min(now - (now if self._at is None else self._at), LONGEST_STEP)
        self._at = now
        if elapsed > 0:
            shock = self._random.gauss(0.0, self._volatility) * math.sqrt(elapsed)
            self._log += shock - self._log * PULL * elapsed
        return round(self.listing.open * math.exp(self._log), 2)


class Market:
    """All instruments. The same seed and the same times give the same prices."""

    def __init__(self, seed: int = 1) -> None:
        chance = random.Random(seed)
        self.instruments = [
            Instrument(
                _listing(brand, sector, _between(chance, 20, 900)),
                _between(chance, 0.0005, 0.004, digits=5),  # of its price, in a second
                f"{seed} {brand} {sector}",
            )
            for brand in BRANDS
            for sector in SECTORS
        ]
        self.by_symbol = {one.symbol: one for one in self.instruments}


def _listing(brand: str, sector: str, price: float) -> Listing:
    """ALDAI for Alder Airways."""
    return Listing((brand[:3] + sector[:2]).upper(), f"{brand} {sector}", sector, price)


def _between(chance: random.Random, low: float, high: float, digits: int = 2) -> float:
    """As often in one decade as in the next."""
    return round(math.exp(chance.uniform(math.log(low), math.log(high))), digits)
