"""In which states a connection may be, before each thing that an endpoint does with it."""

from holdfast.check.flow.state import Event, State, States, Trace
from holdfast.check.flow.trace import trace

__all__ = ["Event", "State", "States", "Trace", "trace"]
