"""Holdfast, the real-time layer for FastAPI.

Names are loaded when they are first used: ``holdfast check`` needs no FastAPI.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holdfast.asgi.connection import Closed as Closed
    from holdfast.asgi.connection import Connection as Connection
    from holdfast.asgi.deadlines import Deadlines as Deadlines
    from holdfast.asgi.endpoint import Endpoint as Endpoint
    from holdfast.asgi.guard import HoldfastGuard as HoldfastGuard
    from holdfast.asgi.guard import outlives_client as outlives_client
    from holdfast.asgi.holdfast import Holdfast as Holdfast
    from holdfast.asgi.inbox import InboxLimits as InboxLimits
    from holdfast.asgi.limits import Limits as Limits
    from holdfast.asgi.limits import Rate as Rate
    from holdfast.asgi.producer import StreamInfo as StreamInfo
    from holdfast.asgi.registration import CurrentConnection as CurrentConnection
    from holdfast.asgi.rescue import Rescue as Rescue
    from holdfast.asgi.stats import Member as Member
    from holdfast.asgi.stats import Statistics as Statistics
    from holdfast.asgi.tokens import CookieToken as CookieToken
    from holdfast.asgi.tokens import FirstMessageToken as FirstMessageToken
    from holdfast.asgi.tokens import SubprotocolToken as SubprotocolToken
    from holdfast.backplane.port import NOWHERE as NOWHERE
    from holdfast.backplane.port import History as History
    from holdfast.backplane.port import HistoryPage as HistoryPage
    from holdfast.backplane.port import Position as Position
    from holdfast.backplane.port import Publication as Publication
    from holdfast.backplane.publisher import AsyncPublisher as AsyncPublisher
    from holdfast.backplane.publisher import Publisher as Publisher
    from holdfast.errors import BackplaneUnavailable as BackplaneUnavailable
    from holdfast.errors import CloseCode as CloseCode
    from holdfast.errors import ConfigurationError as ConfigurationError
    from holdfast.errors import Disconnected as Disconnected
    from holdfast.errors import HoldfastError as HoldfastError
    from holdfast.errors import LimitReached as LimitReached
    from holdfast.hub.log import Ring as Ring

_WHERE = {
    "Closed": "holdfast.asgi.connection",
    "Connection": "holdfast.asgi.connection",
    "Endpoint": "holdfast.asgi.endpoint",
    "Holdfast": "holdfast.asgi.holdfast",
    "HoldfastGuard": "holdfast.asgi.guard",
    "Rescue": "holdfast.asgi.rescue",
    "outlives_client": "holdfast.asgi.guard",
    "InboxLimits": "holdfast.asgi.inbox",
    "Limits": "holdfast.asgi.limits",
    "Rate": "holdfast.asgi.limits",
    "CurrentConnection": "holdfast.asgi.registration",
    "CookieToken": "holdfast.asgi.tokens",
    "SubprotocolToken": "holdfast.asgi.tokens",
    "FirstMessageToken": "holdfast.asgi.tokens",
    "StreamInfo": "holdfast.asgi.producer",
    "Member": "holdfast.asgi.stats",
    "Statistics": "holdfast.asgi.stats",
    "Deadlines": "holdfast.asgi.deadlines",
    "Position": "holdfast.backplane.port",
    "CloseCode": "holdfast.errors",
    "ConfigurationError": "holdfast.errors",
    "Disconnected": "holdfast.errors",
    "HoldfastError": "holdfast.errors",
    "LimitReached": "holdfast.errors",
    "Ring": "holdfast.hub.log",
    "History": "holdfast.backplane.port",
    "HistoryPage": "holdfast.backplane.port",
    "NOWHERE": "holdfast.backplane.port",
    "Publication": "holdfast.backplane.port",
    "AsyncPublisher": "holdfast.backplane.publisher",
    "Publisher": "holdfast.backplane.publisher",
    "BackplaneUnavailable": "holdfast.errors",
}

__all__ = sorted(_WHERE)  # noqa: PLE0605 (one list of the names is enough)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'holdfast' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
