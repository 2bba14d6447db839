"""Draw docs/lifecycle.md from the table that moves connections: src/holdfast/asgi/lifecycle.py.

Run it with `python scripts/lifecycle.py` after a change of the table; a test holds the page to it.
"""

from __future__ import annotations

import inspect
from pathlib import Path

from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.lifecycle import CAUSES, DEADLINE, MEANING, TABLE, Event, LifeCycle, State

PAGE = Path(__file__).parent.parent / "docs" / "lifecycle.md"

HEAD = """\
# The life of a connection

However a connection ends (a tab is closed, a network breaks, a reader stalls, a handler fails, the
server stops), it goes through this table. The code is driven by it, for endpoints of Holdfast and
for unchanged ones under `HoldfastGuard` alike; this page is drawn from it.

What is in no row is nothing: a client that goes while it is being closed, say. So each way through
the table settles a connection exactly once, which a test walks.

On Holdfast's own server no task reads: it calls with what has arrived. A connection that is
[adopted](run.md#adopted-connections) there is open without a handler that runs; when it ends, and
none is at work for it just then, it passes through grace at once.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, diagram(), states(), events(), rows(), steps()]
    return "\n".join(parts).rstrip() + "\n"


def diagram() -> str:
    """A Mermaid diagram, which GitHub and most documentation tools draw."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> handshake"]
    for (state, event), transition in TABLE.items():
        lines.append(f"    {state} --> {transition.to}: {event}")
    lines += [f"    {State.OVER} --> [*]", "```", ""]
    return "\n".join(lines)


def states() -> str:
    """What each state means, and how long it may last."""
    lines = ["## States", "", "| state | | at most |", "|---|---|---|"]
    lines += [f"| **{state}** | {MEANING[state]} | {bound(state)} |" for state in State]
    return "\n".join([*lines, ""])


def bound(state: State) -> str:
    """The deadline of a state, by its name in ``Deadlines`` and with its default."""
    deadline = DEADLINE.get(state)
    if deadline is None:
        return BOUNDS.get(state, "")
    defaults = Deadlines()
    name = next(
        field
        for field in Deadlines.__struct_fields__
        if deadline(Deadlines(**{field: -1.0})) == -1.0
    )
    return f"`{name}`, {deadline(defaults):g} s"


BOUNDS = {
    State.HANDSHAKE: "`Limits.handshake`, 10 s",
    State.DRAINING: "`close_timeout`, 5 s",
    State.FINISHING: "`cleanup_timeout`, 5 s, for each callback",
}


def events() -> str:
    """What each event is caused by."""
    lines = ["## Events", "", "| event | when |", "|---|---|"]
    lines += [f"| **{event}** | {CAUSES[event]} |" for event in Event]
    return "\n".join([*lines, ""])


def rows() -> str:
    """The table itself."""
    lines = ["## The table", "", "| in | event | leads to | steps, in order |", "|---|---|---|---|"]
    for (state, event), transition in TABLE.items():
        done = ", ".join(name_of(step) for step in transition.steps)
        lines.append(f"| {state} | {event} | {transition.to} | {done} |")
    return "\n".join([*lines, ""])


def steps() -> str:
    """What each step does, in the words of its docstring."""
    lines = ["## Steps", ""]
    for name in sorted(LifeCycle.__abstractmethods__):
        step = getattr(LifeCycle, name)
        text = " ".join((inspect.getdoc(step) or "").replace("``", "`").split())
        lines.append(f"- **{name_of(step)}**: {text}")
    return "\n".join([*lines, ""])


def name_of(step: object) -> str:
    """A step's name in plain words."""
    return str(getattr(step, "__name__", step)).strip("_").replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"wrote {PAGE}")
