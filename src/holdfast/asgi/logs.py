"""Keeps query strings out of uvicorn's log: it prints that of every WebSocket handshake."""

import logging
from typing import Any

from typing_extensions import override

LOGGERS = ("uvicorn.error", "uvicorn.access")


class NoQueries(logging.Filter):
    """Cuts paths at their ``?``, and drops what shows whole frames and headers.

    The latter is what uvicorn logs at DEBUG, where a client's bytes begin with ``<`` and the
    server's with ``>``.
    """

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_cut(value) for value in record.args)
        wire = record.levelno <= logging.DEBUG and str(record.msg).startswith(("< ", "> "))
        return not wire


def hide_queries() -> None:
    """Put ``NoQueries`` on uvicorn's loggers. Call it in the module of your app, which uvicorn
    imports after it has set its logging up. Calling it twice is nothing.

    >>> from holdfast.asgi.logs import hide_queries
    >>> hide_queries()
    """
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, NoQueries) for one in logger.filters):
            logger.addFilter(NoQueries())


def _cut(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("/") and "?" in value:
        return value.partition("?")[0] + "?..."
    return value
