"""RFC 6455 section 4.2: the opening handshake."""

from __future__ import annotations

import pytest

from holdfast.wire import Refused, Request, accept_response, http_response, read_head

pytestmark = pytest.mark.newest

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="

Header = tuple[bytes, bytes]

GOOD: list[Header] = [
    (b"Host", b"server.example.com"),
    (b"Upgrade", b"websocket"),
    (b"Connection", b"Upgrade"),
    (b"Sec-WebSocket-Key", KEY),
    (b"Sec-WebSocket-Version", b"13"),
]


def head(
    *more: Header, without: bytes = b"", line: bytes = b"GET /chat HTTP/1.1", end: bytes = b"\r\n"
) -> bytes:
    """The request of section 1.2, with other headers and without one."""
    headers = [one for one in GOOD if one[0] != without] + list(more)
    return b"".join([line, end, *(b"%b: %b%b" % (*one, end) for one in headers), end])


def accepted(data: bytes) -> Request:
    request = read_head(data)
    assert isinstance(request, Request), request
    return request


def refused(data: bytes) -> Refused:
    answer = read_head(data)
    assert isinstance(answer, Refused), answer
    assert answer.reason
    return answer


def test_4_2_1_the_example() -> None:
    data = head((b"Origin", b"http://example.com"), (b"Sec-WebSocket-Protocol", b"chat, superchat"))
    request = accepted(data)
    assert request.target == b"/chat"
    assert request.key == KEY
    assert request.subprotocols == ["chat", "superchat"]
    assert request.offers == b""
    assert (request.raw, request.rest) == (data, b"")
    assert request.headers[0] == (b"host", b"server.example.com")
    assert request.headers[-1] == (b"sec-websocket-protocol", b"chat, superchat")


def test_4_1_frames_may_follow_the_head_at_once() -> None:
    data = head()
    request = accepted(data + b"\x81\x80\r\n\r\n")
    assert (request.raw, request.rest) == (data, b"\x81\x80\r\n\r\n")


def test_a_head_may_come_in_parts() -> None:
    data = head()
    for end in range(len(data)):
        assert read_head(data[:end]) is None
    assert accepted(data)


def test_a_head_is_limited() -> None:
    data = head((b"X", b"a" * 1000))
    assert accepted(data)
    assert isinstance(read_head(data, len(data)), Request)
    for cut in (data, data[:-1], data + b"more"):
        answer = read_head(cut, len(data) - 1)
        assert isinstance(answer, Refused)
        assert answer.status == 431
    assert refused(head((b"X", b"a" * 65536))).status == 431
    assert refused(b"a" * 65536).status == 431


@pytest.mark.parametrize(
    "more",
    [
        [(b"upgrade", b"foo, WebSocket")],
        [(b"UPGRADE", b"WEBSOCKET")],
        [(b"Upgrade", b"foo"), (b"Upgrade", b"websocket")],
    ],
)
def test_4_2_1_3_upgrade_is_a_list_in_any_case(more: list[Header]) -> None:
    assert accepted(head(*more, without=b"Upgrade"))


@pytest.mark.parametrize(
    "more",
    [
        [(b"connection", b"keep-alive, Upgrade")],
        [(b"Connection", b"UPGRADE,,")],
        [(b"Connection", b"keep-alive"), (b"Connection", b"\tupgrade ")],
    ],
)
def test_4_2_1_4_connection_is_a_list_in_any_case(more: list[Header]) -> None:
    assert accepted(head(*more, without=b"Connection"))


@pytest.mark.parametrize("name", [one[0] for one in GOOD])
def test_4_2_1_each_header_must_be_there(name: bytes) -> None:
    answer = refused(head(without=name))
    assert answer.status == 400
    assert name.decode() in answer.reason


@pytest.mark.parametrize("name", [b"Host", b"Sec-WebSocket-Key", b"Sec-WebSocket-Version"])
def test_11_3_some_headers_must_be_there_once(name: bytes) -> None:
    assert refused(head((name, dict(GOOD)[name]))).status == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"Upgrade", b"websockets"),
        (b"Upgrade", b"h2c"),
        (b"Upgrade", b"web socket"),
        (b"Connection", b"keep-alive"),
        (b"Connection", b"Upgraded"),
        (b"Sec-WebSocket-Key", b""),
        (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZ"),
        (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ="),
        (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ==="),
        (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZSE="),  # 17 bytes
        (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25j_w=="),
    ],
)
def test_4_2_1_each_header_must_say_the_right_thing(name: bytes, value: bytes) -> None:
    answer = refused(head((name, value), without=name))
    assert answer.status == 400
    assert name.decode() in answer.reason


@pytest.mark.parametrize("version", [b"8", b"12", b"14", b"013", b"13, 8", b"", b"x"])
def test_4_4_another_version_is_told_ours(version: bytes) -> None:
    more = (b"Sec-WebSocket-Version", version)
    answer = refused(head(more, without=b"Sec-WebSocket-Version"))
    assert answer.status == 426
    assert answer.headers == [(b"sec-websocket-version", b"13")]


@pytest.mark.parametrize(
    "line",
    [
        b"POST /chat HTTP/1.1",
        b"get /chat HTTP/1.1",
        b"GET /chat HTTP/1.0",
        b"GET /chat HTTP/2.0",
        b"GET /chat HTTP/1.1 ",
        b"GET  /chat HTTP/1.1",
        b"GET /chat",
        b"GET chat HTTP/1.1",
        b"GET * HTTP/1.1",
        b"GET ftp://x/chat HTTP/1.1",
        b"GET http:///chat HTTP/1.1",
        b"GET http:// HTTP/1.1",
        b"GET http://\xa6( HTTP/1.1",
        b"GET http://\na HTTP/1.1",
        b"GET http:// a HTTP/1.1",
        b"GET /ch at HTTP/1.1",
        b"GET /ch\xc3\xa4t HTTP/1.1",
        b"GET /ch\x00at HTTP/1.1",
        b" GET /chat HTTP/1.1",
        b"",
        b"\x16\x03\x01",
    ],
)
def test_4_2_1_1_the_request_line(line: bytes) -> None:
    assert refused(head(line=line)).status == 400


@pytest.mark.parametrize(
    "target", [b"/", b"/a?b=c&d", b"//x", b"/%e4", b"http://a/b", b"HTTPS://a", b"/a?{}|\\^`"]
)
def test_4_2_1_1_the_target(target: bytes) -> None:
    assert accepted(head(line=b"GET %b HTTP/1.1" % target)).target == target


@pytest.mark.parametrize(
    "header",
    [
        b"X : a",
        b" X: a",
        b"X\t: a",
        b"X",
        b": a",
        b"X Y: a",
        b"X\xff: a",
        b"X(y): a",
        b"X: a\r\n b",  # obs-fold
        b"X: a\r\n\tb",
        b"X: a\nY: b",
        b"X: a\rY: b",
        b"X: a\x00b",
        b"X: a\x7fb",
        b"X: \x1b[0m",
        b"",
    ],
)
def test_9112_5_headers_that_are_none(header: bytes) -> None:
    data = head()[:-2] + header + b"\r\n\r\n"
    if header:
        assert refused(data).status == 400
    else:
        assert accepted(data).rest == b"\r\n"


def test_9112_2_2_lines_end_with_both_characters() -> None:
    assert read_head(head(end=b"\n")) is None
    assert refused(head(end=b"\n") + b"\r\n\r\n").status == 400


def test_9110_5_5_values_are_stripped_and_may_hold_other_octets() -> None:
    request = accepted(head()[:-2] + b"X:\t a\tb \t\r\nY:\r\nZ: \xff\r\n\r\n")
    assert request.headers[-3:] == [(b"x", b"a\tb"), (b"y", b""), (b"z", b"\xff")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([b"a"], ["a"]),
        ([b"a, b", b"c"], ["a", "b", "c"]),
        ([b"a,,b ,"], ["a", "b"]),
        ([b""], []),
        ([b"Bearer.x-y_z~"], ["Bearer.x-y_z~"]),
    ],
)
def test_11_3_4_subprotocols_come_in_any_number_of_headers(
    values: list[bytes], expected: list[str]
) -> None:
    request = accepted(head(*((b"Sec-WebSocket-Protocol", value) for value in values)))
    assert request.subprotocols == expected


@pytest.mark.parametrize("value", [b"a b", b"a;b", b'"a"', b"a=", b"a, a", b"\xff", b"a/b"])
def test_4_1_10_subprotocols_are_distinct_tokens(value: bytes) -> None:
    assert refused(head((b"Sec-WebSocket-Protocol", value))).status == 400


def test_9_1_offers_of_all_headers_are_joined() -> None:
    more = [(b"Sec-WebSocket-Extensions", one) for one in (b"a; b=1", b'c; d="e"', b"")]
    assert accepted(head(*more)).offers == b'a; b=1, c; d="e", '


@pytest.mark.parametrize(
    "value", [b"a;", b"a b", b"a; b=", b'a; b="c', b"a; b=c d", b"=", b"a\xff"]
)
def test_9_1_offers_that_are_no_list_of_extensions(value: bytes) -> None:
    assert refused(head((b"Sec-WebSocket-Extensions", value))).status == 400


@pytest.mark.parametrize(
    "header",
    [
        (b"Content-Length", b"5"),
        (b"Content-Length", b"0, 0"),
        (b"Content-Length", b"-1"),
        (b"Transfer-Encoding", b"chunked"),
        (b"transfer-encoding", b"identity"),
    ],
)
def test_a_handshake_with_a_body_is_refused(header: Header) -> None:
    assert refused(head(header) + b"hello").status == 400
    assert accepted(head((b"Content-Length", b"0")))


# --- the answer


def test_1_3_the_example_of_an_answer() -> None:
    assert accept_response(KEY) == (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    )


def test_4_2_2_an_answer_with_everything() -> None:
    answer = accept_response(KEY, "chat", b"permessage-deflate", [(b"Set-Cookie", b"a=b; c")])
    assert answer.endswith(
        b"\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
        b"Set-Cookie: a=b; c\r\n\r\n"
    )


SMUGGLED = [
    (b"X", b"a\r\nSet-Cookie: b"),
    (b"X", b"a\nb"),
    (b"X", b"a\rb"),
    (b"X", b"a\x00"),
    (b"X\r\nY", b"a"),
    (b"X: a\r\nY", b"a"),
    (b"X Y", b"a"),
    (b"", b"a"),
]


@pytest.mark.parametrize("header", SMUGGLED)
def test_headers_of_an_application_cannot_smuggle_lines(header: Header) -> None:
    with pytest.raises(ValueError, match="header"):
        accept_response(KEY, headers=[header])
    with pytest.raises(ValueError, match="header"):
        http_response(403, [header], b"")


@pytest.mark.parametrize("name", ["a\r\nX: b", "a b", "", "ä", "a,b"])
def test_subprotocols_of_an_application_are_tokens(name: str) -> None:
    with pytest.raises(ValueError, match="subprotocol"):
        accept_response(KEY, name)


def test_an_extension_cannot_smuggle_lines() -> None:
    with pytest.raises(ValueError, match="header"):
        accept_response(KEY, extension=b"a\r\nb: c")


@pytest.mark.parametrize(
    "name",
    [
        b"Upgrade",
        b"connection",
        b"Sec-WebSocket-Accept",
        b"Sec-WebSocket-Extensions",
        b"Content-Length",
        b"Transfer-Encoding",
    ],
)
def test_4_2_2_headers_that_are_ours(name: bytes) -> None:
    with pytest.raises(ValueError, match="not yours"):
        accept_response(KEY, headers=[(name, b"a")])


def test_4_2_2_the_subprotocol_is_told_once() -> None:
    header = (b"Sec-WebSocket-Protocol", b"chat")
    assert b"Protocol: chat\r\n" in accept_response(KEY, headers=[header])
    with pytest.raises(ValueError, match="not yours"):
        accept_response(KEY, "chat", headers=[header])


def test_a_plain_answer() -> None:
    assert http_response(403, [(b"X", b"y")], b"no") == (
        b"HTTP/1.1 403 Forbidden\r\nX: y\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
    )


def test_a_plain_answer_keeps_what_was_given() -> None:
    given = [(b"content-length", b"9"), (b"Connection", b"Close")]
    assert http_response(404, given, b"") == (
        b"HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\nConnection: Close\r\n\r\n"
    )
    assert b"Content-Length" not in http_response(200, [(b"Transfer-Encoding", b"chunked")])


@pytest.mark.parametrize("status", [204, 304])
def test_9110_8_6_some_answers_have_no_body(status: int) -> None:
    answer = http_response(status, [], b"ignored")
    assert b"Content-Length" not in answer
    assert answer.endswith(b"\r\n\r\n")


def test_9112_4_an_unknown_status_has_an_empty_phrase() -> None:
    assert http_response(499).startswith(b"HTTP/1.1 499 \r\n")


@pytest.mark.parametrize("status", [0, 99, 100, 101, 199, 600, 1000])
def test_9110_15_a_status_that_is_no_final_answer(status: int) -> None:
    with pytest.raises(ValueError, match="status"):
        http_response(status)


def test_the_answer_to_a_refused_head() -> None:
    answer = refused(head((b"Sec-WebSocket-Version", b"8"), without=b"Sec-WebSocket-Version"))
    data = http_response(answer.status, answer.headers, answer.reason.encode())
    assert data.startswith(b"HTTP/1.1 426 Upgrade Required\r\nsec-websocket-version: 13\r\n")
