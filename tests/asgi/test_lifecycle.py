"""The table that moves connections: complete, and the same as its page."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from holdfast.asgi.lifecycle import CAUSES, DEADLINE, MEANING, TABLE, Event, LifeCycle, State

ROOT = Path(__file__).parent.parent.parent


def script() -> Any:
    spec = spec_from_file_location("lifecycle_page", ROOT / "scripts" / "lifecycle.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_drawn_from_the_table() -> None:
    found = script()
    assert found.PAGE.read_text() == found.page(), "run: python scripts/lifecycle.py"


def test_every_state_and_event_is_used_and_explained() -> None:
    assert set(MEANING) == set(State)
    assert set(CAUSES) == set(Event)
    assert {event for _, event in TABLE} == set(Event)
    reached = {transition.to for transition in TABLE.values()} | {State.HANDSHAKE}
    assert reached == set(State)
    assert {state for state, _ in TABLE} == set(State) - {State.OVER}


def test_every_step_is_taken_somewhere() -> None:
    taken = {step.__name__ for transition in TABLE.values() for step in transition.steps}
    assert taken == LifeCycle.__abstractmethods__


def test_a_state_with_a_deadline_knows_what_follows() -> None:
    assert all((state, Event.TIMEOUT) in TABLE for state in DEADLINE)


def test_every_way_settles_once() -> None:
    """On each path from the handshake to the end, the connection is settled exactly once."""

    def walk(state: State, settled: int, seen: frozenset[Any]) -> None:
        if state is State.OVER:
            assert settled == 1
            return
        for (here, event), transition in TABLE.items():
            if here is state and (state, event) not in seen:
                names = [step.__name__ for step in transition.steps]
                walk(transition.to, settled + names.count("_settle"), seen | {(state, event)})

    walk(State.HANDSHAKE, 0, frozenset())
