"""Who is let in: connections are counted, in all, per address and per user.

From the handshake on, so that a flood of half-made ones counts too, and for all event loops of a
process together. What was counted is handed back once, however the connection ends.
"""

import asyncio
from collections import Counter
from collections.abc import Hashable, Mapping
from threading import Lock
from typing import Any, NamedTuple

from holdfast.asgi.addresses import parsed
from holdfast.asgi.complaints import Complaints
from holdfast.asgi.limits import Limits

PUBLIC = 1000  # connections of one public address, unless a number is given for all


class Refusal(NamedTuple):
    """Why a connection is not let in: the HTTP status, and the reason, which the client is told."""

    status: int
    reason: str


class Admission:
    """The counts of one ``Holdfast``, or of one guard."""

    def __init__(self, limits: Limits, complaints: Complaints) -> None:
        self.limits = limits
        self.complaints = complaints
        self.total = 0
        self._addresses: Counter[Hashable] = Counter()
        self._users: Counter[Hashable] = Counter()
        self._lock = Lock()

    def enter(self, address: str, path: str) -> "Pass | Refusal":
        """Count a connection from this address, unless it is one too many."""
        key, limit = self._of_address(address)
        with self._lock:
            total, of_address = self.total, self._addresses[key]
            if not _full(total, self.limits.connections) and not _full(of_address, limit):
                self.total += 1
                _add(self._addresses, key, 1)
                return Pass(self, address, path, key)
        if _full(total, self.limits.connections):
            cure = "Limits(connections=...) allows more"
            return self._refuse(503, "too many connections", path, total, cure)
        cure = (
            f'if {address} is your proxy, trusted_proxies=["{address}"] tells its clients apart; '
            "else Limits(connections_per_address=...) allows more"
        )
        reason = "too many connections from this address"
        return self._refuse(429, reason, path, of_address, cure)

    def enter_user(self, user: Hashable, path: str) -> Refusal | None:
        """Count a connection of this user; the reason if it is one too many."""
        with self._lock:
            count = self._users[user]
            if not _full(count, self.limits.connections_per_user):
                _add(self._users, user, 1)
                return None
        cure = "Limits(connections_per_user=...) allows more"  # the user may be a token: not named
        return self._refuse(429, "too many connections of this user", path, count, cure)

    def leave(self, address: Hashable, user: Hashable) -> None:
        """Hand one connection back."""
        with self._lock:
            self.total -= 1
            _add(self._addresses, address, -1)
            _add(self._users, user, -1)

    def _of_address(self, address: str) -> tuple[Hashable, int | None]:
        """What an address is counted under, and up to how many; None: it is not counted."""
        found = parsed(address)
        limit = self.limits.connections_per_address
        if found is None or (limit is None and not found.is_global):
            return None, None
        limit = PUBLIC if limit is None else limit
        return (found if found.version == 4 else int(found) >> 64), limit

    def _refuse(self, status: int, reason: str, path: str, count: int, cure: str) -> Refusal:
        text = f"refused a connection on {path}: {reason} ({count} are open): {cure}"
        self.complaints.tell(reason, text)
        return Refusal(status, reason)


class Pass:
    """One connection that was let in, for the length of an ``async with``.

    Handed back at its end, however that comes. Until ``stop_clock`` the block has ``handshake``
    seconds, then it is cancelled and ``TimeoutError`` raised, and ``late`` is true.
    """

    __slots__ = ("_address", "_admission", "_in", "_kept", "_timeout", "_user", "address", "path")

    def __init__(self, admission: Admission, address: str, path: str, key: Hashable) -> None:
        self.address = address
        """The client's, behind trusted proxies too; empty where nobody knows it."""
        self.path = path
        self._admission = admission
        self._address = key
        self._user: Hashable = None
        self._in = True
        self._kept = False
        self._timeout: asyncio.Timeout | None = None

    async def __aenter__(self) -> "Pass":
        await self.start_clock()
        return self

    async def __aexit__(self, *error: Any) -> None:
        if not self._kept:
            self.leave()
        if self._timeout is not None:
            await self._timeout.__aexit__(*error)

    def keep(self) -> None:
        """Do not hand it back at the end of the block: ``leave`` will be called."""
        self._kept = True

    def leave(self) -> None:
        """It is over. Hands it back once, however often it is called."""
        if self._in:
            self._in = False
            self._admission.leave(self._address, self._user)

    @property
    def late(self) -> bool:
        """Whether its handshake took too long."""
        return self._timeout is not None and self._timeout.expired()

    def stop_clock(self) -> None:
        """It is accepted, or about to be."""
        if self._timeout is not None and not self.late:
            self._timeout.reschedule(None)
            self._timeout = None  # else it would stay as long as the connection

    async def start_clock(self) -> None:
        """Accepted to read a token, which has come: who uses it has ``handshake`` seconds."""
        if not self.late:
            self._timeout = asyncio.timeout(self._admission.limits.handshake)
            await self._timeout.__aenter__()

    def claim(self, user: Any) -> Refusal | None:
        """Count it for its user too, once that is known; the reason if it is one too many."""
        if user is None or self._user is not None:
            return None
        key = user_key(user)
        refusal = self._admission.enter_user(key, self.path)
        if refusal is None:
            self._user = key
        return refusal


def user_key(user: Any) -> Hashable:
    """What connections of one user have in common: its ``id``, a token's ``sub``, or itself.

    What cannot be hashed is what it shows.
    """
    if isinstance(user, Mapping):
        key = user.get("id", user.get("sub"))
    else:
        key = getattr(user, "id", None)
    key = user if key is None else key
    try:
        hash(key)
    except TypeError:
        key = repr(key)
    return type(user), key


def _full(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


def _add(counts: Counter[Hashable], key: Hashable, change: int) -> None:
    if key is None:
        return
    counts[key] += change
    if not counts[key]:
        del counts[key]
