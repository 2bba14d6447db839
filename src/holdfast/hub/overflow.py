"""What a subscriber that fell behind is given: the overflow policies.

Each policy reads a log for a cursor and says what comes next. The sum holds for all of them:
publications given + ``missed`` = offsets passed, so that nothing is lost without a word.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from holdfast.backplane.port import Publication
from holdfast.hub.fold import Concat, Fold, LatestByKey, text_of
from holdfast.hub.link import WRITE_LIMIT, News
from holdfast.hub.log import Log

Overflow = Literal["close", "skip", "latest", "latest_by_key", "concat"]

Policy = Callable[[Log, int, int], News | None]
"""``policy(log, cursor, upto)``: what to write next, or None where a gap is not allowed."""


def in_order(log: Log, cursor: int, upto: int) -> News:
    """Every publication from the cursor on, as many as one write may carry."""
    publications = up_to_limit(log.read(cursor, upto))
    return News(cursor, publications[-1].offset if publications else upto, publications)


def close(log: Log, cursor: int, upto: int) -> News | None:
    """No gap allowed: a lapped subscriber is closed, to reconnect and recover."""
    return None if cursor + 1 < log.tail else in_order(log, cursor, upto)


def skip(log: Log, cursor: int, upto: int) -> News:
    """The oldest that is still there, and all after it."""
    return _counted(cursor, in_order(log, max(cursor, log.tail - 1), upto))


def latest(log: Log, cursor: int, upto: int) -> News:
    """Only the newest: the older values of a gauge are worth nothing."""
    return _counted(cursor, in_order(log, upto - 1, upto))


def latest_by_key(log: Log, cursor: int, upto: int) -> News:
    """The newest of each key, in offset order."""
    kept = newest_by_key([*_folded(log, LatestByKey, cursor), *log.read(cursor, upto)])
    publications = up_to_limit(kept)
    end = publications[-1].offset if len(publications) < len(kept) else upto
    return _counted(cursor, News(cursor, end, publications))


def concat(log: Log, cursor: int, upto: int) -> News:
    """All the text since the cursor, as one publication."""
    oldest = oldest_for(concat, log)
    parts = [*_folded(log, Concat, cursor), *log.read(cursor, upto)]
    news = News(cursor, upto, [Publication(upto, "".join(map(text_of, parts)))] if parts else [])
    news.missed = max(0, oldest - 1 - cursor)
    return news


POLICIES: dict[Overflow, Policy] = {
    "close": close,
    "skip": skip,
    "latest": latest,
    "latest_by_key": latest_by_key,
    "concat": concat,
}

FOLDS: dict[Policy, type[Fold]] = {latest_by_key: LatestByKey, concat: Concat}


def newest_by_key(publications: Iterable[Publication]) -> list[Publication]:
    """The last one of each key, in offset order."""
    newest: dict[str | None, Publication] = {}
    for publication in publications:
        newest.pop(publication.key, None)
        newest[publication.key] = publication
    return list(newest.values())


def newest_only(publications: Sequence[Publication]) -> Sequence[Publication]:
    """The last one."""
    return publications[-1:]


CONFLATION: dict[Overflow, Callable[[Sequence[Publication]], Sequence[Publication]]] = {
    "latest": newest_only,
    "latest_by_key": newest_by_key,
}
"""What is left of the news that a ``flush_interval`` gathered, for those policies."""


def fold_for(overflow: Overflow, limit: int) -> Fold | None:
    """The fold a channel with that policy keeps, bounded to ``limit`` bytes."""
    if overflow == "concat":
        return Concat(limit)
    return LatestByKey(limit) if overflow == "latest_by_key" else None


def up_to_limit(publications: Sequence[Publication]) -> Sequence[Publication]:
    """As many as fit one write: ``WRITE_LIMIT`` bytes, or one publication."""
    used = 0
    for count, publication in enumerate(publications):
        used += publication.size
        if used > WRITE_LIMIT and count:
            return publications[:count]
    return publications


def oldest_for(policy: Policy, log: Log) -> int:
    """The first offset that the policy can still give: only its own fold reaches below the ring."""
    return log.oldest if isinstance(log.fold, FOLDS.get(policy, ())) else log.tail


def shortened_for(policy: Policy, log: Log) -> bool:
    """Whether the memory budget took what the policy could else be given."""
    fold = log.fold
    if fold is not None and isinstance(fold, FOLDS.get(policy, ())):
        return fold.shortened
    return log.shortened


def _folded(log: Log, kind: type[Fold], cursor: int) -> list[Publication]:
    return log.fold.read(cursor) if isinstance(log.fold, kind) else []


def _counted(cursor: int, news: News) -> News:
    news.after = cursor
    news.missed = news.upto - cursor - len(news.publications)
    return news
