"""What Redis answers on a connection, and what that says about it."""

from typing import Any

from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError, ResponseError

# What Redis answers while it takes nothing from anybody, or not from this connection.
GONE = (NoScriptError, ReadOnlyError, OutOfMemoryError)
AWAY = {"MISCONF", "NOREPLICAS", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "UNKILLABLE"}


def is_away(error: Exception) -> bool:
    """Whether it concerns everybody, and not one call."""
    return isinstance(error, GONE) or str(error).partition(" ")[0] in AWAY


def connected(connection: Any) -> None:
    """Raise for one that was lost: redis-py would connect it again by itself."""
    if not connection.is_connected:
        raise ConnectionError("the connection was lost")


async def answer(connection: Any) -> Any:
    """The next answer; an error that Redis answers with is one, too."""
    try:
        return await connection.read_response(disable_decoding=True)
    except ResponseError as error:
        return error
