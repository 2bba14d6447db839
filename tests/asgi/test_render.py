"""What publications look like on the wire."""

import json
from collections.abc import Sequence

import pytest

from holdfast.asgi.render import ENVELOPE, EVENTS, PLAIN, Plain, event, filtered
from holdfast.backplane.port import Json, Publication
from holdfast.hub.link import Batch, News

PUBLICATIONS = [
    Publication(3, "text"),
    Publication(4, Json(b'{"a":"\xc3\xa4"}'), tags=(("kind", "json"),)),
    Publication(5, b"\x00\xff"),
]


def batch(rendering: Plain, missed: int = 0, of: Sequence[Publication] = PUBLICATIONS) -> Batch:
    news = News(2 - missed, 5, of)
    news.missed = missed
    return Batch("c", "e1", rendering, news)


def test_plain_is_the_data_alone() -> None:
    assert batch(PLAIN, missed=7).payload == [
        {"type": "websocket.send", "text": "text"},
        {"type": "websocket.send", "text": '{"a":"ä"}'},
        {"type": "websocket.send", "bytes": b"\x00\xff"},
    ]


def test_the_envelope_says_where_and_what_was_missed() -> None:
    messages = [json.loads(message["text"]) for message in batch(ENVELOPE, missed=2).payload]
    assert messages == [
        {"holdfast": "gap", "channel": "c", "missed": 2},
        {"channel": "c", "offset": 3, "epoch": "e1", "data": "text"},
        {"channel": "c", "offset": 4, "epoch": "e1", "data": {"a": "ä"}},
        {"channel": "c", "offset": 5, "epoch": "e1", "data": "AP8=", "encoding": "base64"},
    ]


def test_events_carry_positions_and_gaps_in_one_chunk() -> None:
    (message,) = batch(EVENTS, missed=2).payload
    assert message["more_body"] is True
    assert message["body"].decode() == (
        'event: gap\ndata: {"channel":"c","missed":2}\n\n'
        "id: e1-3\ndata: text\n\n"
        'id: e1-4\ndata: {"a":"ä"}\n\n'
        "id: e1-5\ndata: AP8=\n\n"
    )


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\r\nb"])
def test_no_line_ending_in_the_data_ends_an_event(text: str) -> None:
    assert event(text, "x-1") == b"id: x-1\ndata: a\ndata: b\n\n"


def test_equal_filters_are_one_object_and_choose_by_tags() -> None:
    where = {"kind": ["json", "xml"], "lang": "de"}
    same = {"lang": ["de"], "kind": ["xml", "json", "xml"]}
    assert filtered(PLAIN, where) is filtered(PLAIN, same)
    assert filtered(PLAIN, where) is not filtered(ENVELOPE, where)
    assert filtered(PLAIN, None) is PLAIN
    (message,) = filtered(PLAIN, {"kind": "json"}).render(batch(PLAIN))
    assert message["text"] == '{"a":"ä"}'
    assert filtered(PLAIN, where).render(batch(PLAIN)) == []
