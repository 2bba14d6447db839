"""What tests of real-time code import: clients that misbehave, and waits that have a deadline.

Names are loaded when they are first used, so that the plugin does not slow pytest's start.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holdfast.testing.peers import Peer as Peer
    from holdfast.testing.peers import Sequence as Sequence
    from holdfast.testing.peers import peer as peer
    from holdfast.testing.waiting import until as until

_WHERE = {
    "Peer": "holdfast.testing.peers",
    "Sequence": "holdfast.testing.peers",
    "peer": "holdfast.testing.peers",
    "until": "holdfast.testing.waiting",
}

__all__ = sorted(_WHERE)  # noqa: PLE0605 (one list of the names is enough)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'holdfast.testing' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
