"""Both directions against another implementation: what `websockets` sends, and what it reads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Close as CloseFrame

from holdfast.wire import Close, Event, Ping, Pong, close_frame, ping_frame, pong_frame
from tests.wire.peer import Peer, deflate_offer
from tests.wire.steady import steady

MESSAGES = st.lists(
    st.one_of(
        st.text(max_size=300),
        st.binary(max_size=300),
        st.builds(lambda part, times: part * times, st.text(max_size=30), st.integers(0, 300)),
    ),
    max_size=8,
)


def send(peer: Peer, message: str | bytes) -> None:
    if isinstance(message, str):
        peer.protocol.send_text(message.encode())
    else:
        peer.protocol.send_binary(message)


@pytest.mark.parametrize("bits", [None, 9, 12, 15, "none"])
@settings(steady, max_examples=40)
@given(messages=MESSAGES)
def test_messages_in_both_directions(bits: int | str | None, messages: list[str | bytes]) -> None:
    peer = Peer(None if bits == "none" else deflate_offer(bits))  # type: ignore[arg-type]
    assert (peer.deflate is None) == (bits == "none")
    for message in messages:
        send(peer, message)
    assert peer.reader().feed(peer.sent()) == messages
    framer = peer.framer
    data = [framer.text(one) if isinstance(one, str) else framer.binary(one) for one in messages]
    assert peer.messages(b"".join(data)) == messages


@pytest.mark.parametrize("offer", [None, deflate_offer()])
@steady
@given(parts=st.lists(st.text(max_size=40), min_size=2, max_size=9))
def test_fragments_and_control_frames_between_them(
    offer: ClientPerMessageDeflateFactory | None, parts: list[str]
) -> None:
    peer = Peer(offer)
    peer.protocol.send_text(parts[0].encode(), fin=False)
    pings: list[Event] = []
    for at, part in enumerate(parts[1:], 2):
        peer.protocol.send_ping(b"%d" % at)
        pings.append(Ping(b"%d" % at))
        peer.protocol.send_continuation(part.encode(), fin=at == len(parts))
    assert peer.reader().feed(peer.sent()) == [*pings, "".join(parts)]


def test_pings_are_answered_and_answers_are_read() -> None:
    peer, reader = Peer(), Peer().reader()
    assert peer.messages(ping_frame(b"are you there?")) == [b"are you there?"]
    assert reader.feed(peer.sent()) == [Pong(b"are you there?")]
    peer.protocol.send_ping(b"and you?")
    assert reader.feed(peer.sent()) == [Ping(b"and you?")]
    assert peer.messages(pong_frame(b"and you?")) == [b"and you?"]


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3500, 4999])
def test_close_frames_in_both_directions(code: int) -> None:
    peer = Peer()
    peer.protocol.receive_data(close_frame(code, "Tschüß"))
    assert peer.protocol.close_rcvd == CloseFrame(code, "Tschüß")
    assert peer.reader().feed(peer.sent()) == [Close(code, "Tschüß")]


def test_an_empty_close_frame_in_both_directions() -> None:
    peer = Peer()
    peer.protocol.receive_data(close_frame(1005))
    assert peer.protocol.close_rcvd == CloseFrame(1005, "")
    assert peer.reader().feed(peer.sent()) == [Close(1005)]


def test_subprotocols_are_agreed_on() -> None:
    peer = Peer(subprotocols=["chat", "superchat"])
    assert peer.request.subprotocols == ["chat", "superchat"]
    assert peer.protocol.subprotocol == "chat"


@pytest.mark.parametrize("bits", [9, 10, 15])
def test_the_clients_own_window_is_agreed_on(bits: int) -> None:
    peer = Peer(ClientPerMessageDeflateFactory(client_max_window_bits=bits))
    assert peer.deflate is not None
    assert peer.deflate.client_max_window_bits == bits
    send(peer, "a far-reaching text " * 500)
    assert peer.reader().feed(peer.sent()) == ["a far-reaching text " * 500]
