"""Asking Redis on a connection, and what its answers say about it."""

from collections.abc import Sequence
from typing import Any

from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError, ResponseError

pack_command: Any
try:
    from hiredis import pack_command
except ImportError:  # the extra has it; redis-py works without
    pack_command = None

# What Redis answers while it takes nothing from anybody, or not from this connection.
GONE = (NoScriptError, ReadOnlyError, OutOfMemoryError)
AWAY = {"MISCONF", "NOREPLICAS", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "UNKILLABLE"}


def is_away(error: Exception) -> bool:
    """Whether it concerns everybody, and not one call."""
    return isinstance(error, GONE) or str(error).partition(" ")[0] in AWAY


def packed(connection: Any, commands: Sequence[Sequence[Any]]) -> Sequence[bytes]:
    """The commands as they are sent. hiredis takes 4 µs for what takes redis-py 23 (measured)."""
    if pack_command is None:
        found: Sequence[bytes] = connection.pack_commands(commands)
        return found
    return [b"".join([pack_command(tuple(command)) for command in commands])]


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
