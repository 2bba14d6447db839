"""The log's bounds, the folds, positions and patterns."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.backplane.port import OVERHEAD, History, Position, Publication, check_name
from holdfast.errors import ConfigurationError
from holdfast.hub.fold import Concat, LatestByKey
from holdfast.hub.log import Log, Ring
from holdfast.hub.options import ChannelOptions, OptionTable
from holdfast.hub.overflow import POLICIES, oldest_for, up_to_limit

steady = settings(derandomize=True, database=None, deadline=None, max_examples=200)
sizes = st.lists(st.integers(0, 3000), max_size=40)
rings = st.builds(Ring, st.integers(4, 12), st.integers(1024, 5000))


def publications(sizes: list[int], keys: str = "ab") -> list[Publication]:
    return [
        Publication(n, f"{n}".ljust(size, "."), keys[size % len(keys)], time=float(n))
        for n, size in enumerate(sizes, 1)
    ]


@steady
@given(sizes, rings)
def test_a_ring_holds_its_bounds_and_foresees_its_tail(sizes: list[int], ring: Ring) -> None:
    log = Log(Position("e", 0), ring)
    kept: list[Publication] = []
    for publication in publications(sizes):
        foreseen = log.tail_after(publication.size)
        log.append(publication)
        kept.append(publication)
        assert log.tail == foreseen
        assert len(log) == 1 or (len(log) <= ring.count and log.bytes <= ring.bytes)
        assert log.head == publication.offset
        assert log.bytes == sum(p.size for p in log.read(0, log.head))
        assert log.read(0, log.head) == kept[log.tail - 1 :]
    middle = (log.tail + log.head) // 2
    assert [p.offset for p in log.read(middle, log.head)] == list(range(middle + 1, log.head + 1))
    assert log.written == sum(p.size for p in kept)


def test_a_publication_larger_than_the_ring_is_kept_alone() -> None:
    log = Log(Position("e", 0), Ring(4, 1024))
    for publication in publications([1, 1, 5000]):
        log.append(publication)
    assert [p.offset for p in log.read(0, 3)] == [3]


def test_age_evicts_up_to_what_was_offered() -> None:
    log = Log(Position("e", 0), Ring(8, 4096))
    for publication in publications([1] * 6):
        log.append(publication)
    log.expire(4.0, upto=6)
    assert log.tail == 4
    log.expire(100.0, upto=5)
    assert log.tail == 6
    log.expire(100.0, upto=6)
    assert (len(log), log.tail, log.head) == (0, 7, 6)


@steady
@given(sizes, st.integers(0, 40))
def test_concat_gives_exactly_the_text(sizes: list[int], cursor: int) -> None:
    log = Log(Position("e", 0), Ring(4, 1024), Concat(1 << 20))
    made = publications(sizes)
    for publication in made:
        log.append(publication)
    cursor = min(cursor, len(made))
    news = POLICIES["concat"](log, cursor, log.head)
    assert news is not None
    assert "".join(str(p.data) for p in news.publications) == "".join(
        str(p.data) for p in made[cursor:]
    )
    assert news.missed == 0


@steady
@given(sizes, st.integers(0, 40), st.integers(100, 3000))
def test_a_trimmed_text_says_how_much_is_missing(sizes: list[int], cursor: int, limit: int) -> None:
    fold = Concat(limit)
    log = Log(Position("e", 0), Ring(4, 1024), fold)
    made = publications(sizes)
    for publication in made:
        log.append(publication)
    cursor = min(cursor, len(made))
    news = POLICIES["concat"](log, cursor, log.head)
    assert news is not None
    assert "".join(str(p.data) for p in news.publications) == "".join(
        str(p.data) for p in made[cursor + news.missed :]
    )
    text = sum(p.size for p in fold.read(0))
    assert text <= limit + limit // 4 + OVERHEAD or log.tail - log.oldest == 1


@steady
@given(sizes, st.integers(0, 40), st.integers(1, 4))
def test_the_newest_of_every_key_survives(sizes: list[int], cursor: int, keys: int) -> None:
    log = Log(Position("e", 0), Ring(4, 1024), LatestByKey(1 << 20))
    made = publications(sizes, "abcd"[:keys])
    for publication in made:
        log.append(publication)
    cursor = min(cursor, len(made))
    news = POLICIES["latest_by_key"](log, cursor, log.head)
    assert news is not None
    newest = {p.key: p for p in made[cursor:]}
    assert list(news.publications) == sorted(newest.values(), key=lambda p: p.offset)
    assert news.missed + len(news.publications) == log.head - cursor


@steady
@given(sizes, st.integers(100, 2000))
def test_the_fold_by_key_is_bounded_and_forgets_the_longest_unchanged(
    sizes: list[int], limit: int
) -> None:
    fold = LatestByKey(limit)
    for publication in publications(sizes, "abcdefgh"):
        fold.add(publication)
    kept = fold.read(0)
    assert sum(p.size for p in kept) <= limit or len(kept) == 1
    assert [p.offset for p in kept] == sorted(p.offset for p in kept)
    if sizes:
        assert kept[-1].offset == len(sizes)


def test_only_a_policy_of_its_own_kind_reads_a_fold() -> None:
    log = Log(Position("e", 0), Ring(4, 1024), Concat(1 << 20))
    for publication in publications([1] * 10):
        log.append(publication)
    assert oldest_for(POLICIES["concat"], log) == 1
    for name in ("close", "skip", "latest", "latest_by_key"):
        assert oldest_for(POLICIES[name], log) == 7
    assert POLICIES["close"](log, 6, 10) is not None
    assert POLICIES["close"](log, 5, 10) is None


def test_text_of_bytes_and_bad_bytes() -> None:
    fold = Concat(1 << 20)
    for offset, data in enumerate(["a", b"b", b"\xff"], 1):
        fold.add(Publication(offset, data))
    assert [p.data for p in fold.read(0)] == ["ab\ufffd"]


@steady
@given(sizes)
def test_one_write_is_bounded(sizes: list[int]) -> None:
    made = publications([size * 200 for size in sizes])
    first = list(up_to_limit(made))
    assert first == made[: len(first)]
    assert sum(p.size for p in first) <= 256 * 1024 or len(first) == 1
    assert bool(first) == bool(made)


# -- positions -------------------------------------------------------------------------------------


@steady
@given(
    st.text("0123456789abcdef", min_size=1, max_size=20),
    st.integers(0, 10**18 - 1),
    st.text("0123456789abcdef", max_size=20),
)
def test_a_position_survives_its_text(epoch: str, offset: int, tag: str) -> None:
    assert Position.parse(str(Position(epoch, offset, tag))) == (epoch, offset, tag)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "-1",
        "e",
        "e-",
        "e-x",
        "e-+1",
        "e- 1",
        "e-1 ",
        "e-\u0661",
        "e-\u00b2",
        "e-" + "9" * 19,
        "e-1-",
        "e-1-" + "t" * 200,
    ],
)
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a position"):
        Position.parse(text)


def test_a_fold_counts_as_shortened_until_its_own_bound_has_taken_as_much() -> None:
    fold = Concat(500)
    fold.add(Publication(1, "x" * 40))
    assert fold.shorten(1) == 1
    fold.add(Publication(2, "y" * 700))  # beyond the bound, but all that there is
    assert fold.shortened
    fold.add(Publication(3, "z"))
    assert fold.dropped == 2
    assert not fold.shortened


# -- options ---------------------------------------------------------------------------------------


def options(n: int) -> ChannelOptions:
    return ChannelOptions(fold_bytes=n)


def test_the_most_literal_pattern_wins() -> None:
    table = OptionTable()
    table.add("{any}", options(1))
    table.add("orders.vip.{id}", options(3))
    table.add("orders.{id}", options(2))
    assert [table[name].fold_bytes for name in ("x", "orders.7", "orders.vip.7")] == [1, 2, 3]


def test_the_later_of_two_equally_literal_wins() -> None:
    table = OptionTable()
    table.add("a.{x}", options(1))
    table.add("{x}.b", options(2))
    assert table["a.b"].fold_bytes == 2
    table.add("a.{y}", options(3))
    assert table["a.b"].fold_bytes == 3


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("a.{x}", "a.", False),
        ("a.{x}", "a.b.c", True),
        ("a.{x}", "ab", False),
        ("a.{x}", "axb", False),
        ("a+{x}", "a+b", True),
        ("{x}:{y}", "1:2", True),
        ("plain", "plain", True),
        ("plain", "plainer", False),
        ("a.{x}", "a.\n", True),
    ],
)
def test_what_a_pattern_matches(pattern: str, name: str, matches: bool) -> None:
    table = OptionTable()
    table.add(pattern, options(7))
    assert (table[name].fold_bytes == 7) is matches


@pytest.mark.parametrize(
    "wrong",
    [
        {"overflow": "drop"},
        {"ring": Ring(3, 4096)},
        {"ring": Ring(8, 1023)},
        {"history": History(0, 1)},
        {"history": History(1, 0)},
    ],
)
def test_options_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="channel 'x'"):
        OptionTable().add("x", ChannelOptions(**wrong))


@pytest.mark.parametrize("name", ["", "x" * 256, None, b"x"])
def test_what_is_no_name_is_refused(name: Any) -> None:
    with pytest.raises(ConfigurationError, match="no channel name"):
        check_name(name)


def test_a_history_widens_the_ring() -> None:
    assert ChannelOptions(ring=Ring(8), history=History(100)).bounds().count == 100
