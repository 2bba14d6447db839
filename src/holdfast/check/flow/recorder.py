"""Keeps the events of a walk, one for each place, and those of each helper to repeat them."""

from __future__ import annotations

import ast
from dataclasses import replace

from holdfast.check.flow.frame import Frame
from holdfast.check.flow.state import Event, States


class Recorder:
    """The events of one endpoint. While helpers are followed, theirs are recorded, too."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, ast.AST, ast.AST], Event] = {}
        self.open: list[list[Event]] = []

    def note(
        self, operation: str, node: ast.AST, frame: Frame, states: States, detail: str = ""
    ) -> None:
        """Add states to those in which something is done."""
        if not states:
            return
        found = Event(
            operation, frame.outer or node, node, frame.module, frame.function, frame.concurrent,
            states, detail, frame.site,
        )  # fmt: skip
        self.take(found)

    def take(self, found: Event) -> None:
        """Keep an event, one for each place."""
        for recorded in self.open:
            recorded.append(found)
        key = (found.operation, found.node, found.inner)
        if key in self.events:
            self.events[key].states |= found.states
        else:
            self.events[key] = replace(found)
