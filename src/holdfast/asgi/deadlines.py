"""The times that connections are given."""

import msgspec

from holdfast.hub.flow import PUBLISH_WAIT


class Deadlines(msgspec.Struct, frozen=True):
    """How long things may take, in seconds.

    ``send_timeout``: without the peer acknowledging a byte while some wait. ``blind_timeout``: for
    one send, where the socket cannot be reached to see progress; and for a peer that has data to
    acknowledge and sends nothing at all. ``close_timeout``: for the closing
    handshake. ``grace``: for a handler to end by itself once the client is gone.
    ``cleanup_timeout``: for its clean-up after it was cancelled. ``inbox_timeout``: for a handler
    to take something from a full inbox. ``publish_wait``: for ``publish`` to wait for a subscriber
    that has just fallen behind. ``publish_timeout``: for the broker to accept a publication, and
    ``join_timeout``: to subscribe this process to a channel, both counted from the beginning of an
    outage. ``keepalive``: without a sign of the peer, until the kernel asks
    whether it is there (whole seconds); one that does not answer is gone before twice as long.
    """

    send_timeout: float = 5.0
    blind_timeout: float = 30.0
    close_timeout: float = 5.0
    grace: float = 5.0
    cleanup_timeout: float = 5.0
    inbox_timeout: float = 10.0
    publish_wait: float = PUBLISH_WAIT
    publish_timeout: float = 5.0
    join_timeout: float = 5.0
    keepalive: float = 20.0
