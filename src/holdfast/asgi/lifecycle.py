"""The life of a connection as a table: what happens in which state, and what is done then.

``Life`` (our own endpoints) and ``Guarded`` (anybody's, under ``HoldfastGuard``) are moved by it;
docs/lifecycle.md is drawn from it. An event that the table does not name in a state is nothing
there: a client that goes while it is being closed, say. That is what makes every end happen once.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from holdfast.asgi.connection import Closed


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


class LifeCycle(ABC):
    """Moves one connection from state to state. The abstract methods are the steps."""

    state: State = State.HANDSHAKE
    _ending: Closed

    def fire(self, event: Event, ending: Closed | None = None) -> bool:
        """Let an event happen; False if it is nothing in this state.

        ``ending`` says how the connection ends, for events that end it.
        """
        transition = TABLE.get((self.state, event))
        if transition is None:
            return False
        self.state = transition.to
        if ending is not None:
            self._ending = ending
        for step in transition.steps:
            getattr(self, step.__name__)()
        return True

    @abstractmethod
    def register(self) -> None:
        """Enter the registry."""

    @abstractmethod
    def read(self) -> None:
        """Start the one task that reads."""

    @abstractmethod
    def settle(self) -> None:
        """Note the close code and reason, leave every registry and channel, end the inbox."""

    @abstractmethod
    def drop(self) -> None:
        """Forget what still waits to be sent."""

    @abstractmethod
    def stop_reading(self) -> None:
        """Cancel the task that reads: on granian no close is delivered while one does."""

    @abstractmethod
    def say_goodbye(self) -> None:
        """Send the close frame after what was sent before; abort after `close_timeout`."""

    @abstractmethod
    def start_grace(self) -> None:
        """Give the handler `grace` seconds, once it has begun."""

    @abstractmethod
    def cancel(self) -> None:
        """Cancel the handler, and give its clean-up `cleanup_timeout` seconds."""

    @abstractmethod
    def complain(self) -> None:
        """Log that the handler ignores its cancellation."""

    @abstractmethod
    def stop_clock(self) -> None:
        """Take back the deadline that runs."""


Step = Callable[[LifeCycle], None]


class Transition(NamedTuple):
    """Where an event leads, and the steps that are taken on the way, in order."""

    to: State
    steps: tuple[Step, ...] = ()


_LC = LifeCycle

TABLE: dict[tuple[State, Event], Transition] = {
    (State.HANDSHAKE, Event.ACCEPTED): Transition(State.OPEN, (_LC.register, _LC.read)),
    (State.HANDSHAKE, Event.RETURNED): Transition(State.FINISHING, (_LC.settle,)),
    (State.HANDSHAKE, Event.ABANDONED): Transition(State.FINISHING, (_LC.settle,)),
    (State.OPEN, Event.RETURNED): Transition(State.DRAINING),
    (State.OPEN, Event.GONE): Transition(State.GRACE, (_LC.settle, _LC.drop, _LC.start_grace)),
    (State.OPEN, Event.CLOSED): Transition(
        State.GRACE, (_LC.settle, _LC.stop_reading, _LC.say_goodbye, _LC.start_grace)
    ),
    (State.OPEN, Event.ANSWERED): Transition(State.GRACE, (_LC.settle, _LC.stop_reading)),
    (State.OPEN, Event.ABANDONED): Transition(State.FINISHING, (_LC.settle, _LC.stop_reading)),
    (State.DRAINING, Event.GONE): Transition(State.FINISHING, (_LC.settle, _LC.drop)),
    (State.DRAINING, Event.CLOSED): Transition(
        State.FINISHING, (_LC.settle, _LC.stop_reading, _LC.say_goodbye)
    ),
    (State.GRACE, Event.BEGUN): Transition(State.GRACE, (_LC.start_grace,)),
    (State.GRACE, Event.TIMEOUT): Transition(State.CANCELLED, (_LC.cancel,)),
    (State.GRACE, Event.RETURNED): Transition(State.FINISHING, (_LC.stop_clock,)),
    (State.GRACE, Event.ABANDONED): Transition(State.FINISHING),
    (State.CANCELLED, Event.TIMEOUT): Transition(State.CANCELLED, (_LC.complain, _LC.cancel)),
    (State.CANCELLED, Event.RETURNED): Transition(State.FINISHING, (_LC.stop_clock,)),
    (State.FINISHING, Event.TOLD): Transition(State.OVER),
}
