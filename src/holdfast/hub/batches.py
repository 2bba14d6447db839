"""The batches of a channel that somebody may ask for again."""

from holdfast.hub.account import MESSAGE, Account
from holdfast.hub.link import Batch, News, Rendering

BATCHES_KEPT = 32  # for laggards at the same place; many places at once must not fill the memory


class Batches:
    """One batch for all who are given the same news in the same rendering."""

    __slots__ = ("_account", "_kept", "_size")

    def __init__(self, account: Account) -> None:
        self._account = account
        self._kept: dict[tuple[Rendering, int, int], Batch] = {}
        self._size = 0  # bytes on the account

    def get(self, channel: str, epoch: str, rendering: Rendering, news: News) -> Batch:
        """The batch with these news, the same object as long as it is kept."""
        key = (rendering, news.after, news.upto)
        batch = self._kept.get(key)
        # Policies differ in what they make of the same offsets, so the place is not enough.
        if batch is None or not batch.carries(news):
            if len(self._kept) >= BATCHES_KEPT:
                self.drop()
            old = self._kept.get(key)
            batch = self._kept[key] = Batch(channel, epoch, rendering, news)
            size = batch.size + MESSAGE * len(news.publications)
            if old is not None:
                size -= old.size + MESSAGE * len(old.publications)
            self._size += size
            self._account.kept += size
        return batch

    def drop(self) -> None:
        """Forget them all: who asks again has them rendered again."""
        if self._kept:
            self._account.kept -= self._size
            self._size = 0
            self._kept.clear()
