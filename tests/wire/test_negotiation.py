"""RFC 7692 sections 5 and 7.1: which offers are taken, and how they are answered."""

from __future__ import annotations

import pytest

from holdfast.wire import PLAIN, Deflate, framer_for, negotiate

pytestmark = pytest.mark.newest

BASE = b"permessage-deflate; server_no_context_takeover; client_no_context_takeover"

TAKEN = [
    (b"permessage-deflate", b""),
    (b"permessage-deflate; server_no_context_takeover", b""),
    (b"permessage-deflate; client_no_context_takeover", b""),
    (b"permessage-deflate;client_no_context_takeover ;\tserver_no_context_takeover", b""),
    (b"permessage-deflate; client_max_window_bits", b"; client_max_window_bits=15"),
    (b"permessage-deflate; client_max_window_bits=8", b"; client_max_window_bits=8"),
    (b"permessage-deflate; client_max_window_bits=15", b"; client_max_window_bits=15"),
    (b"permessage-deflate; server_max_window_bits=9", b"; server_max_window_bits=9"),
    (b"permessage-deflate; server_max_window_bits=15", b"; server_max_window_bits=15"),
    (b'permessage-deflate; server_max_window_bits="10"', b"; server_max_window_bits=10"),
    (b'permessage-deflate; server_max_window_bits="1\\0"', b"; server_max_window_bits=10"),
    (b"permessage-deflate; server_max_window_bits = 12", b"; server_max_window_bits=12"),
    (
        BASE + b"; client_max_window_bits=11; server_max_window_bits=12",
        b"; server_max_window_bits=12; client_max_window_bits=11",
    ),
]


@pytest.mark.parametrize(("offer", "answer"), TAKEN)
def test_7_1_every_parameter_is_answered(offer: bytes, answer: bytes) -> None:
    agreed = negotiate(offer)
    assert agreed is not None
    assert agreed.response == BASE + answer


DECLINED = [
    b"",
    b"permessage-foo",
    b"x-webkit-deflate-frame",
    b"permessage-deflate; unknown",
    b"permessage-deflate; unknown=1",
    b"permessage-deflate; server_no_context_takeover=1",
    b'permessage-deflate; server_no_context_takeover="true"',
    b"permessage-deflate; client_no_context_takeover=1",
    b"permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    b"permessage-deflate; client_no_context_takeover; client_no_context_takeover",
    b"permessage-deflate; client_max_window_bits; client_max_window_bits=10",
    b"permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
    b"permessage-deflate; server_max_window_bits",
    b"permessage-deflate; server_max_window_bits=7",
    b"permessage-deflate; server_max_window_bits=16",
    b"permessage-deflate; server_max_window_bits=010",
    b"permessage-deflate; server_max_window_bits=+10",
    b"permessage-deflate; server_max_window_bits=1_0",
    b"permessage-deflate; server_max_window_bits=10.0",
    b"permessage-deflate; server_max_window_bits=ten",
    b"permessage-deflate; client_max_window_bits=7",
    b"permessage-deflate; client_max_window_bits=16",
    b"permessage-deflate; client_max_window_bits=08",
    b"permessage-deflate; client_max_window_bits=-9",
    b"permessage-deflate; Server_No_Context_Takeover",
]


@pytest.mark.parametrize("offer", DECLINED)
def test_7_1_an_offer_that_cannot_be_kept_to_is_declined(offer: bytes) -> None:
    assert negotiate(offer) is None


def test_7_1_2_1_a_window_of_8_bits_is_declined_because_zlib_has_none() -> None:
    assert negotiate(b"permessage-deflate; server_max_window_bits=8") is None


def test_5_1_the_first_acceptable_offer_is_taken() -> None:
    offers = (
        b"permessage-deflate; server_max_window_bits=8, other; x=y, , permessage-deflate; nope=1,"
        b"permessage-deflate; server_max_window_bits=10 , permessage-deflate"
    )
    assert negotiate(offers) == Deflate(server_max_window_bits=10)


def test_5_1_a_fallback_is_taken_where_the_first_is_declined() -> None:
    offers = b"permessage-deflate; server_max_window_bits=8, permessage-deflate"
    assert negotiate(offers) == Deflate()


@pytest.mark.parametrize(
    "offers",
    [
        b"permessage-deflate;",
        b"permessage-deflate; =1",
        b"permessage-deflate; server_max_window_bits=",
        b'permessage-deflate; server_max_window_bits=""',
        b'permessage-deflate; server_max_window_bits="10',
        b'permessage-deflate; server_max_window_bits="1 0"',
        b"permessage-deflate foo",
        b"permessage-deflate / foo",
        b"; permessage-deflate",
        b'foo; a="," permessage-deflate',
    ],
)
def test_6455_9_1_what_is_no_list_of_extensions_is_declined_as_a_whole(offers: bytes) -> None:
    assert negotiate(offers) is None
    assert negotiate(offers + b", permessage-deflate") is None


def test_6455_9_1_a_comma_within_quotes_is_no_token() -> None:
    assert negotiate(b'foo; a="x,permessage-deflate"') is None


def test_a_long_header_is_read_in_linear_time() -> None:
    assert negotiate(b"a" * 65000 + b'"') is None
    assert negotiate(b"a;b=c" * 13000 + b'"') is None
    assert negotiate(b"a" + b", " * 32000 + b'"') is None
    assert negotiate(b"a" + b" " * 65000 + b'"') is None
    assert negotiate(b'a;b="' + b"\\a" * 32000) is None
    assert negotiate(b"a, " * 20000 + b"permessage-deflate") == Deflate()


def test_framers_are_shared_by_all_who_get_the_same_frames() -> None:
    assert framer_for(None) is PLAIN
    assert framer_for(Deflate()) is framer_for(Deflate())
    assert framer_for(Deflate()) is framer_for(Deflate(server_max_window_bits=15))
    assert framer_for(Deflate(client_max_window_bits=9)) is framer_for(Deflate())
    assert framer_for(Deflate(server_max_window_bits=9)) is not framer_for(Deflate())
    assert len({Deflate(), Deflate(), Deflate(server_max_window_bits=9)}) == 2
