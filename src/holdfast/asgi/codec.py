"""Between Python values and what is in a frame."""

import types
from collections.abc import Mapping
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

import msgspec
from pydantic import BaseModel, TypeAdapter, ValidationError

from holdfast.backplane.port import Data, Json, Message
from holdfast.errors import ConfigurationError
from holdfast.hub.options import check_name

T = TypeVar("T")


class BadMessage(ValueError):
    """What a client sent is not what the handler takes. ``code`` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


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


def _checked(text: str) -> str:
    """The text, if it is Unicode. ``json.loads`` makes lone surrogates from what a stranger sends:
    found at each receiver's socket instead, they would end all of them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("a lone surrogate in the text, which is no Unicode then") from None
    return text


def message_for(channel: str, data: Any, key: str | None, tags: Mapping[str, str]) -> Message:
    """A checked message for a checked channel name."""
    check_name(channel)
    for name, value in tags.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(
                f"tags are pairs of str, not {type(name).__name__}: {type(value).__name__}"
            )
    if key is not None and not isinstance(key, str):
        raise TypeError(f"key= is {type(key).__name__}: expected str")
    return Message(encode(data), key, tuple(sorted(tags.items())))


def _as_builtin(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(
        f"a {type(value).__name__} cannot be written as JSON: send str, bytes, "
        "plain data, a dataclass, a msgspec.Struct or a pydantic model"
    )


class Decoder(Generic[T]):
    """Reads what arrives as the ``T`` of ``Connection[T]``.

    ``str`` takes text frames and ``bytes`` binary ones, as they are. For any other type a frame is
    JSON: msgspec reads its own structs, pydantic everything else that FastAPI users write.
    """

    def __init__(self, type_: Any) -> None:
        members = set(_members(type_))
        self._text = str in members
        self._binary = bytes in members
        rest = [member for member in members if member not in (str, bytes)]
        self._read = _reader(Union[tuple(rest)]) if rest else None  # noqa: UP007 (built at run time)
        self._raw = not rest

    def __call__(self, data: str | bytes) -> T:
        """The value. Raises ``BadMessage``."""
        if isinstance(data, bytes) and self._binary:
            return data  # type: ignore[return-value]
        if isinstance(data, str) and self._text:
            return data  # type: ignore[return-value]
        if self._read is None:
            raise _wrong_kind(data)
        return self._read(data)  # type: ignore[no-any-return]


def _wrong_kind(data: str | bytes) -> BadMessage:
    if isinstance(data, bytes):
        return BadMessage("text_expected", "a binary message arrived where text is expected")
    return BadMessage("binary_expected", "a text message arrived where binary is expected")


def _members(type_: Any) -> tuple[Any, ...]:
    if get_origin(type_) in (Union, types.UnionType):
        return get_args(type_)
    return (type_,)


def _reader(type_: Any) -> Any:
    if type_ is Any or any(_is_struct(member) for member in _members(type_)):
        return _struct_reader(type_)
    adapter: TypeAdapter[Any] = TypeAdapter(type_)

    def read(data: str | bytes) -> Any:
        try:
            return adapter.validate_json(data)
        except ValidationError as error:
            raise _bad(error) from None

    return read


def _struct_reader(type_: Any) -> Any:
    try:
        decoder = msgspec.json.Decoder(type_)
    except TypeError as error:
        raise ConfigurationError(
            f"Connection[{type_}]: msgspec.Struct goes with msgspec's own types only, and several "
            f"need tags to tell them apart ({error})"
        ) from None

    def read(data: str | bytes) -> Any:
        try:
            return decoder.decode(data)
        except msgspec.ValidationError as error:
            raise BadMessage("invalid", str(error)) from None
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise BadMessage("invalid_json", str(error)) from None

    return read


def _is_struct(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)


def _bad(error: ValidationError) -> BadMessage:
    """The first of pydantic's findings, without the input: it may hold a secret."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return BadMessage("invalid_json", first["msg"])
    where = ".".join(map(str, first["loc"]))
    return BadMessage("invalid", f"{where}: {first['msg']}" if where else first["msg"])
