"""Masking (RFC 6455 section 5.3): in C where the `websockets` package is there, else our own."""

from collections.abc import Callable


def xor(data: bytes, mask: bytes) -> bytes:
    """The data with each octet i XORed with octet i modulo 4 of the mask."""
    size = len(data)
    key = (mask * ((size + 3) // 4))[:size]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(key, "little")
    return mixed.to_bytes(size, "little")


def _fastest() -> Callable[[bytes, bytes], bytes]:
    try:
        from websockets.speedups import apply_mask
    except ImportError:
        return xor
    return apply_mask


apply_mask = _fastest()
