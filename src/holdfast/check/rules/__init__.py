"""The registry of rules, one file each.

The first digit of a code is its theme: 0 the file itself, 1 handshake and closing, 2 noticing that
the client is gone, 3 registries and broadcast, 4 tasks and queues, 5 blocking and resources,
6 payload, 7 security.
"""

from holdfast.check.rules.broadcast_without_deadline import RULE as BROADCAST_WITHOUT_DEADLINE
from holdfast.check.rules.missing_await import RULE as MISSING_AWAIT
from holdfast.check.rules.rule import Rule
from holdfast.check.rules.sync_endpoint import RULE as SYNC_ENDPOINT
from holdfast.check.rules.unannotated_websocket_param import RULE as UNANNOTATED_WEBSOCKET_PARAM

RULES = (
    MISSING_AWAIT,
    SYNC_ENDPOINT,
    UNANNOTATED_WEBSOCKET_PARAM,
    BROADCAST_WITHOUT_DEADLINE,
)

__all__ = ["RULES", "Rule"]
