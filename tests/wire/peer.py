"""The other side: the client of the `websockets` package, without I/O as ours."""

from __future__ import annotations

from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.streams import StreamReader
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from holdfast.wire import (
    Deflate,
    Framer,
    Reader,
    Request,
    accept_response,
    framer_for,
    negotiate,
    read_head,
)

URI = parse_uri("ws://example.com/chat?room=1")


def parse_frames(data: bytes) -> list[Frame]:
    """Uncompressed frames of a server, read strictly."""
    reader = StreamReader()
    reader.feed_data(data)
    frames = []
    while reader.buffer:
        parser = Frame.parse(reader.read_exact, mask=False)
        try:
            next(parser)
        except StopIteration as done:
            frames.append(done.value)
        else:
            raise AssertionError("the last frame is not whole")
    return frames


class Peer:
    """A client that went through the opening handshake with our side of it."""

    def __init__(
        self,
        offer: ClientPerMessageDeflateFactory | None = None,
        subprotocols: list[str] | None = None,
    ) -> None:
        self.protocol = ClientProtocol(
            URI,
            extensions=[offer] if offer else None,
            subprotocols=[Subprotocol(one) for one in subprotocols or []] or None,
            max_size=None,
        )
        self.protocol.send_request(self.protocol.connect())
        request = read_head(self.sent())
        assert isinstance(request, Request)
        self.request = request
        self.deflate: Deflate | None = negotiate(request.offers)
        self._accept()

    def _accept(self) -> None:
        extension = self.deflate.response if self.deflate else None
        subprotocol = next(iter(self.request.subprotocols), None)
        headers = [(b"x-served-by", b"holdfast")]
        self.protocol.receive_data(
            accept_response(self.request.key, subprotocol, extension, headers)
        )
        response = self.protocol.events_received()[0]
        assert self.protocol.handshake_exc is None
        assert isinstance(response, Response)
        assert response.headers["X-Served-By"] == "holdfast"
        assert self.protocol.state is State.OPEN

    @property
    def framer(self) -> Framer:
        """What our side builds frames for it with."""
        return framer_for(self.deflate)

    def reader(self, limit: int | None = None) -> Reader:
        """What our side reads its frames with."""
        return Reader(limit, self.deflate)

    def sent(self) -> bytes:
        """What it has sent since the last look."""
        return b"".join(self.protocol.data_to_send())

    def messages(self, data: bytes) -> list[str | bytes]:
        """The messages that it reads from these bytes of ours."""
        self.protocol.receive_data(data)
        frames = self.protocol.events_received()
        assert self.protocol.parser_exc is None
        return [_message(one) for one in frames if isinstance(one, Frame)]


def _message(one: Frame) -> str | bytes:
    assert one.fin
    data = bytes(one.data)
    return data.decode() if one.opcode is Opcode.TEXT else data


def deflate_offer(server_bits: int | None = None) -> ClientPerMessageDeflateFactory:
    return ClientPerMessageDeflateFactory(
        server_max_window_bits=server_bits, client_max_window_bits=True
    )
