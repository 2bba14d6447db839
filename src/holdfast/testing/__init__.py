"""What tests of real-time code import: a server, clients that misbehave, a check for leaks.

Names are loaded when they are first used, so that the plugin does not slow pytest's start.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holdfast.testing.frames import GARBAGE as GARBAGE
    from holdfast.testing.handshakes import Answer as Answer
    from holdfast.testing.handshakes import HandshakeRefused as HandshakeRefused
    from holdfast.testing.handshakes import opening_request as opening_request
    from holdfast.testing.leaks import LeakError as LeakError
    from holdfast.testing.leaks import assert_no_leaks as assert_no_leaks
    from holdfast.testing.networks import Cut as Cut
    from holdfast.testing.peers import Ended as Ended
    from holdfast.testing.peers import Numbered as Numbered
    from holdfast.testing.peers import Peer as Peer
    from holdfast.testing.peers import peer as peer
    from holdfast.testing.serving import Server as Server
    from holdfast.testing.serving import ThreadServer as ThreadServer
    from holdfast.testing.serving import serve as serve
    from holdfast.testing.serving import serve_in_thread as serve_in_thread
    from holdfast.testing.waiting import TooLate as TooLate
    from holdfast.testing.waiting import until as until
    from holdfast.testing.waiting import until_sync as until_sync

_WHERE = {
    "GARBAGE": "holdfast.testing.frames",
    "Answer": "holdfast.testing.handshakes",
    "HandshakeRefused": "holdfast.testing.handshakes",
    "opening_request": "holdfast.testing.handshakes",
    "LeakError": "holdfast.testing.leaks",
    "assert_no_leaks": "holdfast.testing.leaks",
    "Cut": "holdfast.testing.networks",
    "Ended": "holdfast.testing.peers",
    "Numbered": "holdfast.testing.peers",
    "Peer": "holdfast.testing.peers",
    "peer": "holdfast.testing.peers",
    "Server": "holdfast.testing.serving",
    "ThreadServer": "holdfast.testing.serving",
    "serve": "holdfast.testing.serving",
    "serve_in_thread": "holdfast.testing.serving",
    "TooLate": "holdfast.testing.waiting",
    "until": "holdfast.testing.waiting",
    "until_sync": "holdfast.testing.waiting",
}

__all__ = sorted(_WHERE)  # noqa: PLE0605 (one list of the names is enough)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'holdfast.testing' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
