"""From what is in a frame to Python values. The way back is `backplane.encoding`."""

import types
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

import msgspec
from pydantic import TypeAdapter, ValidationError

from holdfast.errors import ConfigurationError

T = TypeVar("T")


class BadMessage(ValueError):
    """What a client sent is not what the handler takes. ``code`` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


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
