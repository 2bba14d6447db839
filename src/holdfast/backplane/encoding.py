"""From what a user publishes to what travels."""

import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from holdfast.backplane.port import Data, Json, Message, check_name


def encode(data: Any) -> Data:
    """``str`` and ``bytes`` as they are, anything else as JSON, encoded once for all receivers.

    Pydantic models, dataclasses and datetimes count as data. Raises ``TypeError`` for the rest,
    and ``ValueError`` for text that no frame can carry.
    """
    if isinstance(data, str):
        return data if data.isascii() else _checked(data)
    if isinstance(data, bytes):
        return data
    if isinstance(data, bytearray | memoryview):
        return bytes(data)
    return Json(msgspec.json.encode(data, enc_hook=_as_builtin))


def message_for(
    channel: str,
    data: Any,
    key: str | None = None,
    tags: Mapping[str, str] = {},
    idempotency_key: str | None = None,
    version: int | None = None,
) -> Message:
    """A checked message for a checked channel name."""
    check_name(channel)
    for name, value in tags.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(
                f"tags are pairs of str, not {type(name).__name__}: {type(value).__name__}"
            )
    _check("key", key, str)
    _check("idempotency_key", idempotency_key, str)
    if version is not None and (type(version) is not int or not 0 <= version < 10**18):
        raise TypeError(f"version={version!r:.40}: expected a whole number from 0, below 10**18")
    _checked("".join([key or "", idempotency_key or "", *tags, *tags.values()]))
    return Message(encode(data), key, tuple(sorted(tags.items())), idempotency_key, version)


def _check(name: str, value: Any, type_: type) -> None:
    if value is not None and not isinstance(value, type_):
        raise TypeError(f"{name}= is {type(value).__name__}: expected {type_.__name__}")


def _checked(text: str) -> str:
    """The text, if it is Unicode. ``json.loads`` makes lone surrogates from what a stranger sends:
    found at each receiver's socket instead, they would end all of them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("a lone surrogate in the text, which is no Unicode then") from None
    return text


def _as_builtin(value: Any) -> Any:
    # Who has a model has imported pydantic. A program without it need not pay for it.
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(value, pydantic.BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(
        f"a {type(value).__name__} cannot be written as JSON: send str, bytes, "
        "plain data, a dataclass, a msgspec.Struct or a pydantic model"
    )
