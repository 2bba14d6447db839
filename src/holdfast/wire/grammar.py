"""The pieces of HTTP's grammar that an opening handshake is made of (RFC 9110 section 5.6)."""

import re

TOKEN_CHARACTER = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
TOKEN = TOKEN_CHARACTER + rb"++"
VALUE = rb"[\t\x20-\x7e\x80-\xff]*+"  # no control characters: CR, LF and NUL above all

is_token = re.compile(TOKEN).fullmatch
is_value = re.compile(VALUE).fullmatch


def listed(value: bytes) -> list[bytes]:
    """The elements of a comma-separated list; empty ones do not count (RFC 9110 5.6.1.2)."""
    return [one for one in (part.strip(b" \t") for part in value.split(b",")) if one]
