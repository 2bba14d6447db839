"""The life of a connection as a table: what happens in which state, and what is done then.

``Life`` (our own endpoints) and ``Guarded`` (anybody's, under ``HoldfastGuard``) are moved by it;
docs/lifecycle.md is drawn from it. An event that the table does not name in a state is nothing
there: a client that goes while it is being closed, say. That is what makes every end happen once.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from holdfast.asgi.connection import Closed
from holdfast.asgi.deadlines import Deadlines
from holdfast.errors import CloseCode


class State(StrEnum):
    """Where a connection is in its life."""

    HANDSHAKE = "handshake"
    OPEN = "open"
    DRAINING = "draining"
    GRACE = "grace"
    CANCELLED = "cancelled"
    FINISHING = "finishing"
    OVER = "over"


MEANING = {
    State.HANDSHAKE: "not accepted: dependencies run, or a handler that accepts by itself",
    State.OPEN: "accepted and registered; the client is read from, whatever its handler does",
    State.DRAINING: "the handler has returned; what was published and sent so far goes out",
    State.GRACE: "the connection is over and in no registry; its handler may end by itself",
    State.CANCELLED: "the handler was cancelled; its clean-up may await",
    State.FINISHING: "connection and handler are over; `on_disconnect` is told",
    State.OVER: "nothing is left",
}


class Event(StrEnum):
    """What can happen to it."""

    ACCEPTED = "accepted"
    BEGUN = "handler begun"
    GONE = "client gone"
    CLOSED = "closed by us"
    ANSWERED = "framework answers"
    RETURNED = "handler over"
    ABANDONED = "dependency refuses"
    TIMEOUT = "time is up"
    TOLD = "all told"


CAUSES = {
    Event.ACCEPTED: "the server has taken the accept",
    Event.BEGUN: "all dependencies have succeeded, and the handler is called",
    Event.GONE: "a close frame, FIN or RST was read, a send failed, or the watch aborted it",
    Event.CLOSED: "the handler, a limit, an overflow policy, `hf.disconnect` or a shutdown ends it",
    Event.ANSWERED: "the handler raised what the application has an exception handler for",
    Event.RETURNED: "the handler has returned, raised, or ended its cancellation",
    Event.ABANDONED: "accepted to read a token, then refused",
    Event.TIMEOUT: "`grace`, then `cleanup_timeout`, has passed since the state was entered",
    Event.TOLD: "every callback of `on_disconnect` has returned or was cut short",
}


DEADLINE: dict[State, Callable[[Deadlines], float]] = {
    State.GRACE: lambda deadlines: deadlines.grace,
    State.CANCELLED: lambda deadlines: deadlines.cleanup_timeout,
}
"""How long a connection may be in a state before ``TIMEOUT`` happens, in seconds."""


GONE = Closed(CloseCode.ABNORMAL)


class LifeCycle(ABC):
    """Moves one connection from state to state. The abstract methods are the steps."""

    __slots__ = ("_clock", "_ending", "deadlines", "state")

    def __init__(self, deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        self.state = State.HANDSHAKE
        self._clock: asyncio.TimerHandle | None = None
        self._ending = GONE

    def fire(self, event: Event, ending: Closed | None = None) -> bool:
        """Let an event happen; False if it is nothing in this state.

        ``ending`` says how the connection ends, for events that end it.
        """
        transition = TABLE.get((self.state, event))
        if transition is None:
            return False
        if ending is not None:
            self._ending = ending
        self._enter(transition.to)
        for step in transition.steps:
            getattr(self, step.__name__)()
        return True

    def _enter(self, state: State) -> None:
        """Each entry begins the state's deadline anew, and ends the one before."""
        self.state = state
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        deadline = DEADLINE.get(state)
        if deadline is not None:
            loop = asyncio.get_running_loop()
            self._clock = loop.call_later(deadline(self.deadlines), self.fire, Event.TIMEOUT)

    @abstractmethod
    def _begin(self) -> None:
        """Enter the registry, and start the one task that reads."""

    @abstractmethod
    def _settle(self) -> None:
        """Note the close code and reason, leave every registry and channel, end the inbox."""

    @abstractmethod
    def _drop(self) -> None:
        """Forget what still waits to be sent."""

    @abstractmethod
    def _stop_reading(self) -> None:
        """Cancel the task that reads: on granian no close is delivered while one does."""

    @abstractmethod
    def _say_goodbye(self) -> None:
        """Send the close frame after what was sent before; abort after ``close_timeout``."""

    @abstractmethod
    def _cancel(self) -> None:
        """Cancel the handler, if it has begun."""

    @abstractmethod
    def _insist(self) -> None:
        """Cancel it again, and log that it ignores its cancellation."""


Step = Callable[[LifeCycle], None]


class Transition(NamedTuple):
    """Where an event leads, and the steps that are taken on the way, in order."""

    to: State
    steps: tuple[Step, ...] = ()


def _table() -> dict[tuple[State, Event], Transition]:
    begin, settle, drop = LifeCycle._begin, LifeCycle._settle, LifeCycle._drop
    stop_reading, say_goodbye = LifeCycle._stop_reading, LifeCycle._say_goodbye
    cancel, insist = LifeCycle._cancel, LifeCycle._insist
    s, e, to = State, Event, Transition
    return {
        (s.HANDSHAKE, e.ACCEPTED): to(s.OPEN, (begin,)),
        (s.HANDSHAKE, e.RETURNED): to(s.FINISHING, (settle,)),
        (s.HANDSHAKE, e.ABANDONED): to(s.FINISHING, (settle,)),
        (s.OPEN, e.RETURNED): to(s.DRAINING),
        (s.OPEN, e.GONE): to(s.GRACE, (settle, drop)),
        (s.OPEN, e.CLOSED): to(s.GRACE, (settle, stop_reading, say_goodbye)),
        (s.OPEN, e.ANSWERED): to(s.GRACE, (settle, stop_reading)),
        (s.OPEN, e.ABANDONED): to(s.FINISHING, (settle, stop_reading)),
        (s.DRAINING, e.GONE): to(s.FINISHING, (settle, drop)),
        (s.DRAINING, e.CLOSED): to(s.FINISHING, (settle, stop_reading, say_goodbye)),
        (s.GRACE, e.BEGUN): to(s.GRACE),
        (s.GRACE, e.TIMEOUT): to(s.CANCELLED, (cancel,)),
        (s.GRACE, e.RETURNED): to(s.FINISHING),
        (s.GRACE, e.ABANDONED): to(s.FINISHING),
        (s.CANCELLED, e.BEGUN): to(s.GRACE),
        (s.CANCELLED, e.TIMEOUT): to(s.CANCELLED, (insist,)),
        (s.CANCELLED, e.RETURNED): to(s.FINISHING),
        (s.CANCELLED, e.ABANDONED): to(s.FINISHING),
        (s.FINISHING, e.TOLD): to(s.OVER),
    }


TABLE = _table()
